import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { carryOutLifecycle } from '../../../../core/access/lifecycle/carryOut';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { peopleIn } from '../../people';
import { rulesOf, rulesProperties } from '../../rules';
import { paired, timed } from './shown';

export const description: INodeProperties[] = shownFor('plan', 'carryOut', rulesProperties);

export const outputs = ['Done', 'Ahead', 'To Look At'];

/** Takes and gives what is due, and keeps the deadlines of the rest. A failure stops no other; it is told, and tried again. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const { people, itemOf } = peopleIn(context);
	const { system, revocations, grants, findings } = await carryOutLifecycle({
		database: await context.database(),
		access: await context.access(),
		people,
		rules: rulesOf(context),
	});
	const taken = revocations.map((one) => ({ system, type: 'revocation', ...timed(one) }));
	const given = grants.map((one) => ({ system, type: 'grant', ...one }));
	const toLookAt = ['failed', 'held'];
	return [
		paired(
			[
				...taken.filter(({ result }) => result === 'revoked'),
				...given.filter(({ result }) => result === 'granted'),
			],
			itemOf,
		),
		paired(
			taken.filter(({ result }) => result !== 'revoked' && !toLookAt.includes(result)),
			itemOf,
		),
		paired(
			[
				...taken.filter(({ result }) => toLookAt.includes(result)),
				...given.filter(({ result }) => result === 'failed'),
				...findings.map((one) => ({ system, type: 'finding', ...one })),
			],
			itemOf,
		),
	];
}
