import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';

import { previewLifecycle } from '../../../../core/access/lifecycle/carryOut';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { peopleIn } from '../../people';
import { rulesOf, rulesProperties } from '../../rules';

export const description: INodeProperties[] = shownFor('grant', 'reconcile', rulesProperties);

/** What does not fit between HR, the system's grants and the books: one item a finding. Nothing is changed. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const { people, itemOf } = peopleIn(context);
	const access = await context.access();
	const { findings } = await previewLifecycle({
		database: await context.database(),
		access,
		people,
		rules: rulesOf(context),
	});
	return findings.map((finding) => ({
		json: { system: access.system, ...finding },
		pairedItem: { item: itemOf.get(finding.person ?? '') ?? 0 },
	}));
}
