import { updateOperation } from '../../../shared/entityOperations';
import { salesOrder } from './salesOrder';

/** Changes the fields that are given of a sales order. */
export const { description, execute } = updateOperation(salesOrder);
