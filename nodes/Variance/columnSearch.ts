import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, sep } from 'node:path';

import type { ILoadOptionsFunctions, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import { z } from 'zod/v4';

import { headingOf, type CsvFile } from '../../core/variance/csv';
import { columnNames, comparedEntities, computedColumns } from '../../core/variance/documents';
import { contains } from '../Finance/bookFields';

/** The sides while they are being filled in: whatever is missing or an expression is passed over. */
const Given = z.object({
	side: z
		.array(
			z.object({
				name: z.string().catch(''),
				from: z.string().catch('system'),
				record: z.enum(comparedEntities).catch('salesOrder'),
				file: z.string().catch(''),
				fileOptions: z
					.object({
						encoding: z.enum(['utf-8', 'gb18030', 'utf-16le']).optional(),
						delimiter: z.enum([',', ';', '\t', '|']).optional(),
					})
					.catch({}),
			}),
		)
		.catch([]),
});

/**
 * The columns of all sides: n8n does not say in which of them somebody chooses. Those of a file are read from its heading, those of a system are the
 * fields of the documents, with what every document has first.
 */
export async function searchColumns(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const sides = Given.safeParse(this.getCurrentNodeParameter('sides') ?? {}).data?.side ?? [];
	const columns = new Map<string, Set<string>>();
	for (const { name, from, record, file, fileOptions } of sides) {
		const own =
			from === 'system'
				? columnNames(record)
				: from === 'csv'
					? await columnsOfFile({ ...fileOptions, file } as CsvFile)
					: [];
		for (const column of own) columns.set(column, (columns.get(column) ?? new Set()).add(name));
	}
	const computed: Record<string, string> = computedColumns;
	const results = [...columns].map(
		([column, of]): INodeListSearchItems => ({
			name: `${column} · ${computed[column] ?? [...of].join(', ')}`,
			value: column,
		}),
	);
	return { results: results.filter(({ name }) => contains(name, filter)) };
}

async function columnsOfFile(csv: CsvFile): Promise<string[]> {
	if (csv.file === '' || csv.file.startsWith('=')) return [];
	try {
		const file = await realpath(csv.file);
		return (await mayBeShown(file)) ? await headingOf({ ...csv, file }) : [];
	} catch {
		// It is not there yet, or not on this machine: its columns can still be given by name.
		return [];
	}
}

/**
 * n8n lets a node ask whether it may read a file only when it runs. The editor therefore shows headings from the folders that n8n allows by name, or its own
 * folder for files, and from nowhere else.
 */
async function mayBeShown(file: string): Promise<boolean> {
	const { N8N_RESTRICT_FILE_ACCESS_TO: allowed = '', N8N_BLOCK_FILE_PATTERNS: blocked = '' } = process.env;
	if (blocked !== '' || file.split(sep).includes('.n8n')) return false;
	const named = allowed.split(';').map((folder) => folder.trim());
	const folders = named.some((folder) => folder !== '') ? named : [join(homedir(), '.n8n-files')];
	for (const folder of folders) {
		if (folder === '') continue;
		const real = await realpath(folder.replace(/^~(?=$|\/)/, homedir())).catch(() => undefined);
		if (real !== undefined && file.startsWith(real + sep)) return true;
	}
	return false;
}
