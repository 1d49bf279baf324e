import { getManyOperation } from '../../../shared/entityOperations';
import { assetText } from './asset';

/** Assets in canonical form, by key. */
export const { description, execute } = getManyOperation(assetText);
