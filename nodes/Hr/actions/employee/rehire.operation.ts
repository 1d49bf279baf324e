import { z } from 'zod/v4';

import { actOperation } from '../../../shared/entityOperations';
import { dayProperty, OptionalDay } from './day';
import { employee } from './employee';

const Parameters = z.object({ on: OptionalDay });

/** Takes back somebody who left. A directory that knows no employment makes the account active. */
export const { description, execute } = actOperation(employee, 'rehire', {
	properties: [dayProperty('on', 'First Day', 'First day employed again. Empty: today')],
	input: (context, index) => context.parameters(Parameters, index),
});
