import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { describeProblem, readMaterialSheet } from '../../../../core/masterData/materialSheet';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('materialMaster', 'importSheet', [
	{
		displayName: 'Input Binary Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the input binary field containing the filled sheet',
	},
	{
		displayName: 'Rows with Problems',
		name: 'invalidRows',
		type: 'options',
		options: [
			{
				name: 'Mark',
				value: 'mark',
				description: 'Put all rows out, each with "valid" and its list of problems',
			},
			{
				name: 'Refuse the Sheet',
				value: 'refuse',
				description: 'Fail with all problems, and put nothing out',
			},
		],
		default: 'refuse',
		description: 'What to do when some rows are not right',
	},
]);

const Parameters = z.object({
	binaryPropertyName: z.string().min(1),
	invalidRows: z.enum(['mark', 'refuse']),
});

/** Problems that an error message names; more would not be read. */
const problemsShown = 50;

/** The rows of a filled material master: item, and its code in each system. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	return await context.forEachItem(async (index) => {
		const { binaryPropertyName, invalidRows } = context.parameters(Parameters, index);
		const { fileName = binaryPropertyName } = context.functions.helpers.assertBinaryData(
			index,
			binaryPropertyName,
		);
		const workbook = await context.functions.helpers.getBinaryDataBuffer(index, binaryPropertyName);
		const rows = await readMaterialSheet(workbook, fileName);
		if (rows.length === 0) throw context.invalid(`The sheet "${fileName}" has no rows.`, fileName);
		const problems = rows.flatMap((row) => row.problems);
		if (problems.length > 0 && invalidRows === 'refuse') {
			const shown = problems.slice(0, problemsShown).map(describeProblem).join('; ');
			const more = problems.length > problemsShown ? `; and ${problems.length - problemsShown} more` : '';
			const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
			throw context.invalid(
				`The sheet "${fileName}" has ${count}, nothing was imported: ${shown}${more}.`,
				fileName,
			);
		}
		return rows.map(({ row, record, problems: found, cells }) =>
			record === undefined
				? { row, valid: false, problems: found.map((one) => ({ ...one, text: describeProblem(one) })), cells }
				: { row, valid: true, problems: [], ...record },
		);
	});
}
