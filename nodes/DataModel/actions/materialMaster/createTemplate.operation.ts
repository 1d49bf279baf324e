import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { materialTemplate } from '../../../../core/masterData/materialTemplate';
import { SystemName } from '../../../../core/model/references';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';

export const description: INodeProperties[] = shownFor('materialMaster', 'createTemplate', [
	{
		displayName: 'Language',
		name: 'language',
		type: 'options',
		options: [
			{ name: 'Chinese (Simplified)', value: 'zh-CN' },
			{ name: 'English', value: 'en' },
		],
		default: 'en',
		description: 'Of headings, rules and examples; sheets in both languages can be imported',
	},
	{
		displayName: 'Systems',
		name: 'systems',
		type: 'string',
		default: 'sandbox-erp, sandbox-wms',
		placeholder: 'e.g. sandbox-erp, sandbox-wms',
		description: 'Comma-separated names of the systems whose own item codes get a column each',
	},
	{
		displayName: 'Put Output File in Field',
		name: 'binaryPropertyName',
		type: 'string',
		default: 'data',
		required: true,
		hint: 'The name of the output binary field to put the file in',
	},
	{
		displayName: 'File Name',
		name: 'fileName',
		type: 'string',
		default: 'material-master.xlsx',
		description: 'How the file is called',
	},
]);

const Parameters = z.object({
	language: z.enum(['en', 'zh-CN']),
	systems: z
		.string()
		.optional()
		.transform((list = '') => [...new Set(list.split(/[,，、]/).map((name) => name.trim()))].filter(Boolean))
		.pipe(z.array(SystemName).max(20)),
	binaryPropertyName: z.string().min(1),
	fileName: z.string().min(1).max(200),
});

/** An empty material master as XLSX file, one for each input item. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const files = new Map<number, NonNullable<INodeExecutionData['binary']>>();
	const items = await context.forEachItem(async (index) => {
		const { language, systems, binaryPropertyName, fileName } = context.parameters(Parameters, index);
		const workbook = await materialTemplate({ language, systems });
		const binary = await context.functions.helpers.prepareBinaryData(workbook, fileName);
		files.set(index, { [binaryPropertyName]: binary });
		return [{ fileName, language, systems }];
	});
	return items.map((item, index) => {
		const binary = item.error === undefined ? files.get(index) : undefined;
		return binary === undefined ? item : { ...item, binary };
	});
}
