import { getManyOperation } from '../../../shared/entityOperations';
import { purchaseOrder } from './purchaseOrder';

/** Purchase orders in canonical form, by key. */
export const { description, execute } = getManyOperation(purchaseOrder);
