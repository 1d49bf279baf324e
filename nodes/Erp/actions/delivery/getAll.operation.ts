import { getManyOperation } from '../../../shared/entityOperations';
import { delivery } from './delivery';

/** Deliveries in canonical form, by key. */
export const { description, execute } = getManyOperation(delivery);
