import { getManyOperation } from '../../../shared/entityOperations';
import { position } from './position';

/** Positions in canonical form, by key. */
export const { description, execute } = getManyOperation(position);
