import axios from 'axios';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { withN8n } from './harness/withN8n';

const { name, n8n: listed } = JSON.parse(readFileSync(resolve(__dirname, '../../package.json'), 'utf8')) as {
	name: string;
	n8n: { nodes: string[]; credentials: string[] };
};
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

interface NodeType {
	name: string;
	iconUrl?: string | { light: string; dark: string };
	properties: unknown[];
}
interface CredentialType {
	name: string;
	iconUrl?: string | { light: string; dark: string };
}

describe('the packed package in a clean n8n', () => {
	const host = withN8n();

	const get = async <T>(path: string): Promise<T> => await host().api.call<T>('GET', path);
	const ours = async (): Promise<NodeType[]> =>
		(await get<NodeType[]>('/types/nodes.json')).filter((type) => type.name.startsWith(`${name}.`));

	test('offers every node that it lists', async () => {
		const expected = listed.nodes.map((file) => `${name}.${lowerFirst(basename(file, '.node.js'))}`);
		expect(expected).not.toHaveLength(0);
		const offered = new Set((await ours()).map((type) => type.name));
		expect(expected.filter((type) => !offered.has(type))).toEqual([]);
	});

	test('offers every credential that it lists', async () => {
		const expected = listed.credentials.map((file) => lowerFirst(basename(file, '.credentials.js')));
		expect(expected).not.toHaveLength(0);
		const offered = (await get<CredentialType[]>('/types/credentials.json')).map((type) => type.name);
		expect(offered).toEqual(expect.arrayContaining(expected));
	});

	test('serves the icon of every node and credential', async () => {
		const credentials = (await get<CredentialType[]>('/types/credentials.json')).filter((type) =>
			type.name.startsWith('erpBridge'),
		);
		for (const type of [...(await ours()), ...credentials]) {
			const { iconUrl } = type;
			const files = typeof iconUrl === 'object' ? [iconUrl.light, iconUrl.dark] : [iconUrl];
			for (const file of files) {
				expect({ type: type.name, file }).toEqual({
					type: type.name,
					file: expect.stringMatching(/\.svg$/) as string,
				});
				const answer = await axios.get<string>(`${host().n8n.url}/${file}`);
				expect(answer.headers['content-type']).toContain('image/svg+xml');
				expect(answer.data).toContain('<svg');
			}
		}
	});
});
