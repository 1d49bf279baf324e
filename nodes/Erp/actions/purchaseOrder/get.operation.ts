import { getOperation } from '../../../shared/entityOperations';
import { purchaseOrder } from './purchaseOrder';

/** One purchase order in canonical form. */
export const { description, execute } = getOperation(purchaseOrder);
