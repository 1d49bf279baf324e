import { updateOperation } from '../../../shared/entityOperations';
import { partner } from './partner';

/** Changes the fields that are given of a partner. */
export const { description, execute } = updateOperation(partner);
