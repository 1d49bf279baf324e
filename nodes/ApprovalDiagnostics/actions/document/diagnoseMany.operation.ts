import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import type { Diagnosis } from '../../../../core/approvals/finding';
import { diagnoseDocuments } from '../../../../core/approvals/gather';
import { approvalReport, shownOneByOne } from '../../../../core/approvals/report';
import { amountsOf, groupByCause } from '../../../../core/approvals/rootCauses';
import { tellDiagnosis, tellGroup } from '../../../../core/approvals/telling';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { EvidenceParameters, evidenceProperties, gather } from '../../evidence';

export const outputs = ['Causes', 'Documents', 'Summary'];

export const description: INodeProperties[] = shownFor('document', 'diagnoseMany', [
	{
		displayName: 'Waiting Longer Than (Hours)',
		name: 'waitingHours',
		type: 'number',
		typeOptions: { minValue: 0 },
		default: 0,
		description: 'Documents that have waited less are left alone; 0: all that wait',
	},
	...evidenceProperties,
]);

const Parameters = z.object({ waitingHours: z.number().min(0).default(0) });

/** All documents that wait, once for all input items: an item for each root cause, one for each document, and the summary with the page. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[][]> {
	const parameters = context.parameters(EvidenceParameters, 0);
	const { waitingHours } = context.parameters(Parameters, 0);
	const { approvals, picture, unreadable, now } = await gather(context, parameters);
	const before =
		waitingHours === 0 ? undefined : new Date(Date.parse(now) - waitingHours * 3_600_000).toISOString();
	const diagnoses: Diagnosis[] = [];
	for await (const page of approvals.waiting(before === undefined ? {} : { before }))
		diagnoses.push(...(await diagnoseDocuments(page, approvals, picture)));

	const { language, binaryPropertyName } = parameters;
	const groups = groupByCause(diagnoses).map((group) => tellGroup(group, language));
	const blocked = diagnoses.filter(({ verdict }) => verdict === 'blocked');
	const told = diagnoses.map((one) => tellDiagnosis(one, language));
	const page = approvalReport({
		system: approvals.system,
		at: now,
		language,
		groups,
		diagnoses: told.filter(({ verdict }) => verdict === 'blocked').slice(0, shownOneByOne),
		waiting: diagnoses.length - blocked.length,
		unreadable,
	});
	const report = await context.functions.helpers.prepareBinaryData(
		Buffer.from(page),
		`approvals-${now.slice(0, 10)}.html`,
		'text/html',
	);
	const pairedItem = context.items.map((_item, item) => ({ item }));
	const asItem = (json: object): INodeExecutionData => ({ json: json as IDataObject, pairedItem });
	const summary = asItem({
		system: approvals.system,
		at: now,
		documents: diagnoses.length,
		blocked: blocked.length,
		blockedAmounts: amountsOf(blocked),
		waiting: diagnoses.length - blocked.length,
		causes: groups.map(({ headline }) => headline),
		unreadable,
	});
	return [groups.map(asItem), told.map(asItem), [{ ...summary, binary: { [binaryPropertyName]: report } }]];
}
