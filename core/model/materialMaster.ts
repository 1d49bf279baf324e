import { z } from 'zod/v4';

import { Decimal } from './decimal';
import { Item } from './item';
import { Gtin, Key, SystemName, UnitCode } from './references';

export type MasterLanguage = 'en' | 'zh-CN';

/** One column of the material master sheet. */
export interface MasterField {
	/** stable name, understood as a heading too */
	name: string;
	title: Record<MasterLanguage, string>;
	type: Record<MasterLanguage, string>;
	required: boolean;
	rule: Record<MasterLanguage, string>;
	example: string;
	schema: z.ZodType<unknown, string>;
}

const text = { en: 'text', 'zh-CN': '文本' };
const unitCode = { en: 'unit code', 'zh-CN': '单位代码' };
const factor = { en: 'number or fraction', 'zh-CN': '数字或分数' };

const unitRule = {
	en: 'UN/ECE Recommendation 20 or 21: H87 piece, KGM kilogram, MTR metre, LTR litre, XCT carton, XBX box, XPX pallet',
	'zh-CN': '联合国 UN/ECE 第 20、21 号建议书代码：H87 件，KGM 千克，MTR 米，LTR 升，XCT 箱，XBX 盒，XPX 托盘',
};
const factorRule = {
	en: 'How many base units one of it holds; whole, decimal or a fraction such as 1/3',
	'zh-CN': '一个该单位等于多少基本单位；整数、小数或分数，例如 1/3',
};

/** `12`, `0.5` or `1/3` as an exact fraction. */
export const UnitFactor = z
	.string()
	.regex(
		/^(?=[\d.]*[1-9])\d{1,12}(\.\d{1,6})?(\/(?=[\d.]*[1-9])\d{1,12}(\.\d{1,6})?)?$/,
		'must be a number above zero such as 12, or a fraction such as 1/3',
	)
	.transform((written) => {
		const [numerator = '', denominator = '1'] = written.split('/');
		return { numerator, denominator };
	});

const furtherUnits = [2, 3];

/** The columns that every material master has; columns for the codes of systems follow. */
export const masterFields: MasterField[] = [
	{
		name: 'code',
		title: { en: 'Item code', 'zh-CN': '物料编码' },
		type: text,
		required: true,
		rule: {
			en: 'One code for the whole group, up to 200 characters, each only once in the sheet',
			'zh-CN': '集团统一编码，最多 200 个字符，表内不得重复',
		},
		example: 'PEN-BLK-07',
		schema: Key,
	},
	{
		name: 'name',
		title: { en: 'Item name', 'zh-CN': '物料名称' },
		type: text,
		required: true,
		rule: { en: 'Up to 500 characters', 'zh-CN': '最多 500 个字符' },
		example: 'Gel pen, black, 0.7 mm',
		schema: z.string().max(500),
	},
	{
		name: 'gtin',
		title: { en: 'GTIN', 'zh-CN': '商品条码' },
		type: { en: '8, 12, 13 or 14 digits, as text', 'zh-CN': '8、12、13 或 14 位数字，文本格式' },
		required: false,
		rule: {
			en: 'Global trade item number of the base unit with its check digit, each only once in the sheet',
			'zh-CN': '基本单位的全球贸易项目代码（GTIN），含校验位，表内不得重复',
		},
		example: '6291041500213',
		schema: Gtin,
	},
	{
		name: 'baseUnit',
		title: { en: 'Base unit', 'zh-CN': '基本单位' },
		type: unitCode,
		required: true,
		rule: unitRule,
		example: 'H87',
		schema: UnitCode,
	},
	...furtherUnits.flatMap((number): MasterField[] => [
		{
			name: `unit${number}`,
			title: { en: `Unit ${number}`, 'zh-CN': `单位 ${number}` },
			type: unitCode,
			required: false,
			rule: unitRule,
			example: number === 2 ? 'XCT' : '',
			schema: UnitCode,
		},
		{
			name: `unit${number}Factor`,
			title: { en: `Base units in unit ${number}`, 'zh-CN': `单位 ${number} 含基本单位数` },
			type: factor,
			required: false,
			rule: factorRule,
			example: number === 2 ? '12' : '',
			schema: UnitFactor,
		},
	]),
];

/** The column for the codes that one system uses. */
export function systemCodeField(system: string): MasterField {
	return {
		name: `code:${system}`,
		title: { en: `Code in ${system}`, 'zh-CN': `${system} 中的编码` },
		type: text,
		required: false,
		rule: {
			en: `The item's own code in ${system}; empty where it is not there yet`,
			'zh-CN': `该物料在 ${system} 中的编码；尚未建立时留空`,
		},
		example: `${system.toUpperCase()}-4100`,
		schema: Key,
	};
}

const codeHeading = /^(?:code:|code in )?(.+?)(?: 中的编码)?$/i;

/** The field that a heading means: by its title in any language, or by its name. Undefined where it means none. */
export function fieldOf(heading: string): MasterField | undefined {
	const wanted = heading
		.trim()
		.replace(/\s*\*$/, '')
		.toLowerCase();
	const known = masterFields.find(({ name, title }) =>
		[name, ...Object.values(title)].some((one) => one.toLowerCase() === wanted),
	);
	if (known !== undefined) return known;
	const system = codeHeading.exec(wanted)?.[1];
	if (system === undefined || system === wanted) return undefined;
	return SystemName.safeParse(system).success ? systemCodeField(system) : undefined;
}

/** One row of the sheet: the item, and under which code each system has it. */
export const MaterialMasterRecord = z.object({
	item: Item,
	/** system name -> code there */
	codes: z.record(SystemName, Key),
});
export type MaterialMasterRecord = z.infer<typeof MaterialMasterRecord>;

/** Builds the record from the cells of one row, each already valid. */
export function recordOf(cells: ReadonlyMap<string, unknown>): MaterialMasterRecord {
	const units = furtherUnits.flatMap((number) => {
		const unit = cells.get(`unit${number}`);
		const ratio = cells.get(`unit${number}Factor`);
		return unit === undefined || ratio === undefined
			? []
			: [{ unit: unit as string, ...(ratio as { numerator: Decimal; denominator: Decimal }) }];
	});
	const codes = [...cells].flatMap(([name, value]) =>
		name.startsWith('code:') ? [[name.slice('code:'.length), value as string]] : [],
	);
	const { code, name, gtin, baseUnit } = Object.fromEntries(cells) as Record<string, string>;
	return MaterialMasterRecord.parse({
		item: { code, name, ...(gtin === undefined ? {} : { gtin }), baseUnit, units },
		codes: Object.fromEntries(codes),
	});
}

/** Which of a row's units contradict each other: the field at fault and why. */
export function unitProblems(
	cells: ReadonlyMap<string, unknown>,
	filled: ReadonlySet<string>,
): Array<{ field: string; message: string }> {
	const found: Array<{ field: string; message: string }> = [];
	const seen = new Set([cells.get('baseUnit')]);
	for (const number of furtherUnits) {
		const [unit, ratio] = [`unit${number}`, `unit${number}Factor`];
		if (filled.has(unit) && !filled.has(ratio))
			found.push({ field: ratio, message: 'is needed with its unit' });
		if (!filled.has(unit) && filled.has(ratio))
			found.push({ field: unit, message: 'is needed with its factor' });
		const code = cells.get(unit);
		if (code === undefined) continue;
		if (seen.has(code))
			found.push({ field: unit, message: `"${String(code)}" is a unit of the row already` });
		seen.add(code);
	}
	return found;
}
