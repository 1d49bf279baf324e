import { z } from 'zod/v4';

import { actOperation } from '../../../shared/entityOperations';
import { dayProperty, OptionalDay } from './day';
import { employee } from './employee';

const Parameters = z.object({ from: OptionalDay, until: OptionalDay });

/** Sends an employee on leave, until a day or openly. */
export const { description, execute } = actOperation(employee, 'startLeave', {
	properties: [
		dayProperty('from', 'From', 'First day away. Empty: today'),
		dayProperty('until', 'Until', 'Last day away. Empty: open'),
	],
	input: (context, index) => context.parameters(Parameters, index),
});
