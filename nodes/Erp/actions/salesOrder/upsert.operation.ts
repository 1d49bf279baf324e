import { upsertOperation } from '../../../shared/entityOperations';
import { salesOrder } from './salesOrder';

/** Makes a sales order or changes the one that is there. Safe to repeat. */
export const { description, execute } = upsertOperation(salesOrder);
