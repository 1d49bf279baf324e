import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { diagnoseDocuments } from '../../../../core/approvals/gather';
import { approvalReport } from '../../../../core/approvals/report';
import { tellDiagnosis } from '../../../../core/approvals/telling';
import { NotFoundError } from '../../../../core/ports/errors';
import { recordKey, recordLocator, shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { EvidenceParameters, evidenceProperties, gather } from '../../evidence';

export const description: INodeProperties[] = shownFor('document', 'diagnose', [
	recordLocator('document', 'document', 'Document', 'searchWaiting', 'SO-00000042'),
	...evidenceProperties,
]);

const Parameters = z.object({ document: recordKey });

/** Why each document waits: its four checks, the root cause and what to do, and the same as a page. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const parameters = context.parameters(EvidenceParameters, 0);
	const { approvals, picture, unreadable, now } = await gather(context, parameters);
	const keys = context.items.map((_item, index) => context.parameters(Parameters, index).document);
	const documents = await approvals.documents([...new Set(keys)]);
	const diagnoses = await diagnoseDocuments(documents, approvals, picture);
	const { language, binaryPropertyName } = parameters;
	const results = keys.map((key): object[] | Error => {
		const found = diagnoses.find(({ document }) => document.key === key);
		if (found !== undefined) return [{ ...tellDiagnosis(found, language), unreadable }];
		return new NotFoundError(`${approvals.system}: no document "${key}" waits for approval.`, {
			system: approvals.system,
			entity: 'document',
			key,
			hint: 'It may have been approved meanwhile, or the key is another; pick it from the list.',
		});
	});
	const items = context.answer(results);
	return await Promise.all(
		items.map(async (item) => {
			if (item.error !== undefined) return item;
			const told = item.json as IDataObject & ReturnType<typeof tellDiagnosis>;
			const page = approvalReport({
				system: approvals.system,
				at: now,
				language,
				groups: [],
				diagnoses: [told],
				waiting: told.verdict === 'waits' ? 1 : 0,
				unreadable,
			});
			const report = await context.functions.helpers.prepareBinaryData(
				Buffer.from(page),
				`approval-${told.document.key}.html`,
				'text/html',
			);
			return { ...item, binary: { [binaryPropertyName]: report } };
		}),
	);
}
