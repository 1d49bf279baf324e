import { getManyOperation } from '../../../shared/entityOperations';
import { salesOrder } from './salesOrder';

/** Sales orders in canonical form, by key. */
export const { description, execute } = getManyOperation(salesOrder);
