import { z } from 'zod/v4';

import { actOperation } from '../../../shared/entityOperations';
import { dayProperty, OptionalDay } from './day';
import { employee } from './employee';

const Parameters = z.object({ on: OptionalDay });

/** Ends the employment. A directory that knows no employment makes the account inactive. */
export const { description, execute } = actOperation(employee, 'terminate', {
	properties: [dayProperty('on', 'Last Day', 'Last day employed. Empty: today')],
	input: (context, index) => context.parameters(Parameters, index),
});
