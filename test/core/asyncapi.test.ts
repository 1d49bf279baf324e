import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { Parser } from '@asyncapi/parser';

import { eventOf } from '../../core/events/event';
import { canonicalEntities } from '../../core/model/entities';
import { documentFiles } from '../../scripts/asyncapi/files';

const docs = resolve(__dirname, '../../docs');
const version = async (): Promise<string> =>
	(JSON.parse(await readFile(resolve(docs, '../package.json'), 'utf8')) as { version: string }).version;
const document = async () => {
	const parser = new Parser({ __unstable: { resolver: { cache: false } } });
	return await parser.parse(await readFile(join(docs, 'asyncapi.yaml'), 'utf8'));
};

describe('docs/asyncapi.yaml and docs/schemas', () => {
	test('are what the schemas in core/ say; write them anew with: node scripts/asyncapi.mjs', async () => {
		const files = documentFiles(await version());
		for (const [path, text] of files) expect(await readFile(join(docs, path), 'utf8')).toBe(text);
		const schemas = (await readdir(join(docs, 'schemas'))).map((name) => `schemas/${name}`);
		expect(schemas.toSorted()).toEqual(
			[...files.keys()].filter((path) => path.startsWith('schemas/')).toSorted(),
		);
	});

	test('are valid for the AsyncAPI parser, with a channel for each entity', async () => {
		const parsed = await document();
		expect(parsed.diagnostics.filter(({ severity }) => severity === 0)).toEqual([]);
		expect(
			parsed.document
				?.channels()
				.all()
				.map((channel) => channel.id()),
		).toEqual(Object.keys(canonicalEntities));
	});

	test('describe the events that this package makes', async () => {
		const event = eventOf({
			system: 'sandbox-erp',
			entity: 'item',
			change: 'changed',
			key: 'A',
			sequence: 1,
			record: { code: 'A', baseUnit: 'H87', units: [] },
			changedAt: '2026-01-31T00:00:00Z',
		});
		const parsed = await document();
		const message = parsed.document?.components().messages().get('item');
		const types = message?.payload()?.allOf()?.[1]?.properties()?.type?.enum();
		expect(types).toContain(event.type);
		const envelope = message?.payload()?.allOf()?.[0];
		expect(Object.keys(event)).toEqual(expect.arrayContaining(envelope?.required() ?? ['none']));
	});
});
