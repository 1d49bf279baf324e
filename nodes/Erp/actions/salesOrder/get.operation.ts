import { getOperation } from '../../../shared/entityOperations';
import { salesOrder } from './salesOrder';

/** One sales order in canonical form. */
export const { description, execute } = getOperation(salesOrder);
