import { actOperation } from '../../../shared/entityOperations';
import { delivery } from './delivery';

/** Cancels a delivery. Safe to repeat. */
export const { description, execute } = actOperation(delivery, 'cancel');
