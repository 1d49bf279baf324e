import { upsertOperation } from '../../../shared/entityOperations';
import { purchaseOrder } from './purchaseOrder';

/** Makes a purchase order or changes the one that is there. Safe to repeat. */
export const { description, execute } = upsertOperation(purchaseOrder);
