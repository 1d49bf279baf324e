import { getOperation } from '../../../shared/entityOperations';
import { assetText } from './asset';

/** One asset in canonical form. */
export const { description, execute } = getOperation(assetText);
