import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { previewLifecycle } from '../../../../core/access/lifecycle/carryOut';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { peopleIn } from '../../people';
import { rulesOf, rulesProperties } from '../../rules';
import { paired, timed } from './shown';

export const description: INodeProperties[] = shownFor('plan', 'preview', rulesProperties);

/** A dry run: which rights would be taken and given, when and why. Nothing is written. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const { people, itemOf } = peopleIn(context);
	const access = await context.access();
	const plan = await previewLifecycle({
		database: await context.database(),
		access,
		people,
		rules: rulesOf(context),
	});
	const { system } = access;
	return paired(
		[
			...plan.revocations.map((one) => ({ system, type: 'revocation', ...timed(one) })),
			...plan.grants.map((one) => ({ system, type: 'grant', ...one })),
			...plan.findings.map((one) => ({ system, type: 'finding', ...one })),
		],
		itemOf,
	);
}
