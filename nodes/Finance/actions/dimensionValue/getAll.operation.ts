import { getManyOperation } from '../../../shared/entityOperations';
import { dimensionValueText } from './dimensionValue';

/** Dimension values in canonical form, by key. */
export const { description, execute } = getManyOperation(dimensionValueText);
