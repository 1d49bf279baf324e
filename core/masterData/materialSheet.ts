import Big from 'big.js';

import {
	fieldOf,
	masterFields,
	recordOf,
	unitProblems,
	type MasterField,
	type MaterialMasterRecord,
} from '../model/materialMaster';
import { ValidationError } from '../ports/errors';

/** One thing wrong with one cell. `row` and `column` are as the spreadsheet shows them. */
export interface CellProblem {
	row: number;
	column: string;
	/** what the cell holds; empty when it is empty */
	value: string;
	message: string;
}

/** One row with something in it: its record when all is well, otherwise every problem. */
export interface MaterialRow {
	row: number;
	record?: MaterialMasterRecord;
	problems: CellProblem[];
	/** the row as it stands, by column */
	cells: Record<string, string>;
}

type Cell = string | null;

/**
 * Reads a filled material master: the workbook's first sheet. Each row is judged by itself and against the others, and all
 * of its problems are told. Throws ValidationError when the file is no XLSX workbook or its headings are wrong.
 */
export async function readMaterialSheet(workbook: Buffer, file: string): Promise<MaterialRow[]> {
	return readMaterialRows(await cellsOf(workbook, file), file);
}

/** The same for the sheet's cells; the first row has the headings. */
export function readMaterialRows([headings = [], ...rows]: Cell[][], file: string): MaterialRow[] {
	const columns = columnsOf(headings, file);
	const read = rows.map((cells, index) => readRow(cells, index + 2, columns));
	const filled = read.filter(({ written }) => written.size > 0);
	refuseRepetitions(filled);
	return filled.map(({ row, written, values, problems, titles }) => ({
		row,
		problems,
		cells: Object.fromEntries([...written].map(([name, text]) => [titles.get(name) ?? name, text])),
		...(problems.length === 0 ? { record: recordOf(values) } : {}),
	}));
}

/** `row 7, column Base unit: "piece" must be ...`. */
export function describeProblem({ row, column, value, message }: CellProblem): string {
	return `row ${row}, column ${column}: ${value === '' ? '' : `"${value}" `}${message}`;
}

async function cellsOf(workbook: Buffer, file: string): Promise<Cell[][]> {
	const { default: read } = await import('read-excel-file/node');
	const sheets = await read(workbook, {
		// Numbers stay as the file has them: a GTIN or a factor must not pass through a binary fraction.
		parseNumber: (written: string) => written as unknown as number,
	}).catch((error: unknown) => {
		const why = error instanceof Error ? error.message : String(error);
		throw refused(file, `is no XLSX workbook (${why}).`, 'Save it as .xlsx and give it again.');
	});
	return (sheets[0]?.data ?? []).map((row) => row.map((cell) => (cell === null ? null : textOf(cell))));
}

function textOf(cell: unknown): string {
	if (cell instanceof Date) return cell.toISOString().slice(0, 10);
	const written = String(cell).trim();
	// XLSX writes long numbers with an exponent: 4.0063813339310002E+12.
	return /^-?\d+(\.\d+)?e[+-]?\d{1,3}$/i.test(written) ? new Big(written).toFixed() : written;
}

interface Column {
	position: number;
	/** the heading as it stands */
	title: string;
	field: MasterField;
}

function columnsOf(headings: Cell[], file: string): Column[] {
	const problems: string[] = [];
	const columns = headings.flatMap((heading, position): Column[] => {
		if (heading === null || heading.trim() === '') return [];
		const field = fieldOf(heading);
		if (field === undefined) {
			problems.push(`column ${columnLetters(position)} has the unknown heading "${heading}"`);
			return [];
		}
		return [{ position, title: heading.trim().replace(/\s*\*$/, ''), field }];
	});
	const names = columns.map(({ field }) => field.name);
	for (const [index, { title, field }] of columns.entries())
		if (names.indexOf(field.name) !== index) problems.push(`the column "${title}" is there twice`);
	for (const { name, title, required } of masterFields)
		if (required && !names.includes(name))
			problems.push(`the column "${title.en}" (${title['zh-CN']}) is missing`);
	if (problems.length > 0) {
		throw refused(
			file,
			`can't be read as a material master: ${problems.join('; ')}.`,
			'Take the headings of the template; nothing was imported.',
		);
	}
	return columns;
}

interface ReadRow {
	row: number;
	/** field name -> what the cell holds, for cells that hold something */
	written: Map<string, string>;
	/** field name -> checked value */
	values: Map<string, unknown>;
	titles: Map<string, string>;
	problems: CellProblem[];
}

function readRow(cells: Cell[], row: number, columns: Column[]): ReadRow {
	const read: ReadRow = { row, written: new Map(), values: new Map(), titles: new Map(), problems: [] };
	for (const { position, title, field } of columns) {
		const value = (cells[position] ?? '').trim();
		read.titles.set(field.name, title);
		if (value === '') continue;
		read.written.set(field.name, value);
		const parsed = field.schema.safeParse(value);
		if (parsed.success) read.values.set(field.name, parsed.data);
		else
			read.problems.push({
				row,
				column: title,
				value,
				message: [...new Set(parsed.error.issues.map(({ message }) => message))].join('; '),
			});
	}
	if (read.written.size === 0) return read;
	for (const { title, field } of columns)
		if (field.required && !read.written.has(field.name))
			read.problems.push({ row, column: title, value: '', message: 'must be filled' });
	for (const { field, message } of unitProblems(read.values, new Set(read.written.keys()))) {
		const column =
			read.titles.get(field) ?? masterFields.find(({ name }) => name === field)?.title.en ?? field;
		read.problems.push({ row, column, value: '', message });
	}
	return read;
}

/** Codes and bar codes identify: one that several rows have is refused in all of them but the first. */
function refuseRepetitions(rows: ReadRow[]): void {
	const first = new Map<string, number>();
	for (const { row, written, values, titles, problems } of rows) {
		for (const [name, value] of values) {
			if (name !== 'code' && name !== 'gtin' && !name.startsWith('code:')) continue;
			const text = written.get(name) ?? '';
			const identity = JSON.stringify([name, name === 'gtin' ? text.padStart(14, '0') : value]);
			const before = first.get(identity);
			if (before === undefined) first.set(identity, row);
			else
				problems.push({
					row,
					column: titles.get(name) ?? name,
					value: text,
					message: `is in row ${before} already`,
				});
		}
	}
}

/** A, B ... Z, AA: as the spreadsheet names its columns. */
function columnLetters(position: number): string {
	const letter = String.fromCharCode(65 + (position % 26));
	return position < 26 ? letter : columnLetters(Math.floor(position / 26) - 1) + letter;
}

function refused(file: string, what: string, hint: string): ValidationError {
	return new ValidationError(`The sheet "${file}" ${what} ${hint}`, {
		system: 'n8n',
		entity: 'item',
		key: file,
		hint,
	});
}
