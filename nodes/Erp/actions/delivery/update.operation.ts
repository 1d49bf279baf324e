import { updateOperation } from '../../../shared/entityOperations';
import { delivery } from './delivery';

/** Changes the fields that are given of a delivery. */
export const { description, execute } = updateOperation(delivery);
