import { getOperation } from '../../../shared/entityOperations';
import { dimensionValueText } from './dimensionValue';

/** One dimension value in canonical form. */
export const { description, execute } = getOperation(dimensionValueText);
