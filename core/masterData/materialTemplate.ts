import type { SheetData } from 'write-excel-file/node' with { 'resolution-mode': 'import' };

import {
	masterFields,
	systemCodeField,
	type MasterField,
	type MasterLanguage,
} from '../model/materialMaster';

export interface TemplateOptions {
	language: MasterLanguage;
	/** systems whose own codes get a column each */
	systems: string[];
	/** rows made ready for typing */
	rows?: number;
}

const words = {
	en: {
		items: 'Items',
		fields: 'Fields',
		examples: 'Example',
		headings: ['Column', 'Type', 'Required', 'Rule', 'Example'],
		yes: 'yes',
		no: 'no',
	},
	'zh-CN': {
		items: '物料',
		fields: '字段说明',
		examples: '示例',
		headings: ['列', '类型', '必填', '规则', '示例'],
		yes: '是',
		no: '否',
	},
};

const heading = { fontWeight: 'bold', backgroundColor: '#e3e1fc' } as const;

/** Excel keeps such cells as typed: leading zeros and long numbers stay whole (ECMA-376, number format 49). */
const asText = { type: String, format: '@' } as const;

/**
 * The material master as an empty XLSX workbook: a sheet to fill, a sheet that explains each column, a sheet with an
 * example. The first sheet is what `readMaterialSheet` reads.
 */
export async function materialTemplate({ language, systems, rows = 200 }: TemplateOptions): Promise<Buffer> {
	const { default: write } = await import('write-excel-file/node');
	const fields = [...masterFields, ...systems.map(systemCodeField)];
	const say = words[language];
	const titles: SheetData[number] = fields.map((field) => ({ value: titleOf(field, language), ...heading }));
	const columns = fields.map((field) => ({
		width: Math.max(14, displayWidth(titleOf(field, language)) + 2),
	}));
	const empty: SheetData[number] = fields.map(() => ({ ...asText }));
	const explanations: SheetData = fields.map((field) => [
		titleOf(field, language),
		field.type[language],
		field.required ? say.yes : say.no,
		{ value: field.rule[language], wrap: true },
		field.example === '' ? null : { value: field.example, ...asText },
	]);
	return await write([
		{
			sheet: say.items,
			data: [titles, ...Array.from({ length: rows }, () => empty)],
			columns,
			stickyRowsCount: 1,
		},
		{
			sheet: say.fields,
			data: [say.headings.map((value) => ({ value, ...heading })), ...explanations],
			columns: [{ width: 28 }, { width: 32 }, { width: 10 }, { width: 70 }, { width: 28 }],
			stickyRowsCount: 1,
		},
		{
			sheet: say.examples,
			data: [titles, fields.map(({ example }) => (example === '' ? null : { value: example, ...asText }))],
			columns,
			stickyRowsCount: 1,
		},
	]).toBuffer();
}

function titleOf({ title, required }: MasterField, language: MasterLanguage): string {
	return required ? `${title[language]} *` : title[language];
}

/** A Chinese character is as wide as two letters. */
function displayWidth(text: string): number {
	return [...text].reduce((width, character) => width + (character > '\u2e7f' ? 2 : 1), 0);
}
