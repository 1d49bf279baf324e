import { actOperation } from '../../../shared/entityOperations';
import { delivery } from './delivery';

/** Books the goods issue of a delivery. Safe to repeat. */
export const { description, execute } = actOperation(delivery, 'confirm');
