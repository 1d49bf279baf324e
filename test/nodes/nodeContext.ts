import axios from 'axios';
import type {
	IBinaryData,
	IExecuteFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	INodeType,
} from 'n8n-workflow';

import type { Company } from '../../sandbox/company/company';
import { credentialsFor, sandboxCredential } from '../../sandbox/n8n/credentials';
import { apiKey } from '../connectors/sandboxFixture';

type Parameters = Record<string, unknown>;

/** What n8n gives a node, as far as the ERP and WMS nodes use it; requests go to the running company. */
function contextOf(company: Company, parameters: Parameters, calls: string[] = []) {
	const credential = credentialsFor(company.addresses, apiKey).find(
		({ type }) => type === sandboxCredential.type,
	);
	return {
		getCredentials: async () => credential?.data,
		getNode: () => ({ name: 'Node', type: 'node', typeVersion: 1, position: [0, 0], parameters }),
		getTimezone: () => 'UTC',
		getExecutionCancelSignal: () => undefined,
		helpers: {
			prepareBinaryData: async (data: Buffer, fileName: string, mimeType: string): Promise<IBinaryData> => ({
				data: data.toString('base64'),
				fileName,
				mimeType,
			}),
			httpRequest: async ({ method, url, headers, qs, body }: IHttpRequestOptions) => {
				calls.push(url);
				const answer = await axios.request({
					method: method ?? 'GET',
					url,
					headers: headers as Record<string, string>,
					params: qs,
					data: body,
					validateStatus: () => true,
				});
				return { statusCode: answer.status, headers: answer.headers, body: answer.data as unknown };
			},
		},
	};
}

/** In the editor, with these values in the node's fields; `siblings` stand beside the field that is loaded. */
export function editor(
	company: Company,
	parameters: Parameters,
	siblings: Parameters = {},
): ILoadOptionsFunctions {
	return {
		...contextOf(company, parameters),
		getCurrentNodeParameter: (name: string) =>
			name.startsWith('&') ? siblings[name.slice(1)] : parameters[name],
	} as unknown as ILoadOptionsFunctions;
}

/**
 * Runs a node once for one item; parameters that are left out have the default that the node gives them. The addresses that
 * it calls are added to `calls`.
 */
export async function run(
	node: INodeType,
	company: Company,
	given: Parameters,
	calls: string[] = [],
): Promise<Parameters[]> {
	const { properties } = node.description;
	const shown = (name: string) =>
		properties.find(
			(property) =>
				property.name === name &&
				Object.entries(property.displayOptions?.show ?? {}).every(([other, values]) =>
					(values as unknown[]).includes(given[other] ?? (other === 'recordFrom' ? 'json' : undefined)),
				),
		);
	const functions = {
		...contextOf(company, given, calls),
		getInputData: () => [{ json: {} }],
		getNodeParameter: (name: string, _index: number, fallback?: unknown) =>
			given[name] ?? shown(name)?.default ?? fallback,
		continueOnFail: () => false,
		getExecutionId: () => '1',
		getWorkflow: () => ({ id: 'test' }),
	} as unknown as IExecuteFunctions;
	const [items = []] = (await node.execute?.call(functions)) as Array<Array<{ json: Parameters }>>;
	return items.map(({ json }) => json);
}

export type Outputs = Array<Array<{ json: Record<string, unknown>; pairedItem?: unknown; error?: Error }>>;

/**
 * Runs a node for many items and gives all its outputs. A parameter that is a function stands for an expression: it is given
 * the item. `company`: the systems that the node may call. `file`: what is in the items' binary field.
 */
export async function runItems(
	node: INodeType,
	given: Parameters,
	items: object[],
	{ goOn = false, company, file }: { goOn?: boolean; company?: Company; file?: string } = {},
): Promise<Outputs> {
	const shownParameters = Object.fromEntries(
		Object.entries(given).map(([name, value]) => [
			name,
			typeof value === 'function' ? '={{ $json }}' : value,
		]),
	);
	const plain = { name: 'Node', type: 'node', typeVersion: 1, position: [0, 0], parameters: shownParameters };
	const functions = {
		...(company === undefined ? {} : contextOf(company, shownParameters)),
		...(file === undefined ? {} : { helpers: { getBinaryDataBuffer: async () => Buffer.from(file) } }),
		getNode: () => plain,
		getInputData: () => items.map((json) => ({ json })),
		getNodeParameter: (name: string, index: number, fallback?: unknown) => {
			const value = given[name];
			return typeof value === 'function' ? (value(items[index]) as unknown) : (value ?? fallback);
		},
		continueOnFail: () => goOn,
		getExecutionCancelSignal: () => undefined,
		getExecutionId: () => '1',
		getWorkflow: () => ({ id: 'test' }),
	} as unknown as IExecuteFunctions;
	return (await node.execute?.call(functions)) as Outputs;
}
