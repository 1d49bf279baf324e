import { NodeHelpers, type IExecuteFunctions, type INode, type INodeExecutionData } from 'n8n-workflow';

import { DataModel } from '../../nodes/DataModel/DataModel.node';

const { description } = new DataModel();

const nodeWith = (parameters: INode['parameters']): INode => ({
	id: 'data-model',
	name: 'Data Model',
	type: 'n8n-nodes-erp-bridge.dataModel',
	typeVersion: 1,
	position: [0, 0],
	parameters:
		NodeHelpers.getNodeParameters(description.properties, parameters, true, false, null, description) ?? {},
});

/** Credentials that n8n asks for, and takes, with these parameters. */
const credentialsOf = (parameters: INode['parameters']): string[] => {
	const node = nodeWith(parameters);
	return (description.credentials ?? [])
		.filter((credential) => NodeHelpers.displayParameter(node.parameters, credential, node, description))
		.map(({ name }) => name);
};

describe('the credentials', () => {
	const suggest = { resource: 'crosswalk', operation: 'suggestLinks', recordsFrom: 'systems' };

	test.each([
		['sandbox/sandbox', {}, ['erpBridgeSandboxApi']],
		['tryton/sandbox', {}, ['erpBridgeSandboxApi', 'erpBridgeTrytonApi']],
		['sandbox/tryton', {}, ['erpBridgeSandboxApi', 'erpBridgeTrytonApi']],
		['rest/sandbox', { restAuthentication: 'httpBasicAuth' }, ['erpBridgeSandboxApi', 'httpBasicAuth']],
		['sandbox/rest', { restAuthentication: 'none' }, ['erpBridgeSandboxApi']],
	])('of %s are those of the two products', (systems, more, names) => {
		expect(credentialsOf({ ...suggest, systems, ...more }).toSorted()).toEqual(names);
		expect(credentialsOf({ ...suggest, systems, ...more, stateStore: 'postgres' })).toContain('postgres');
		expect(credentialsOf({ ...suggest, recordsFrom: 'items', systems, ...more })).toEqual([]);
	});

	test('are none where nothing is kept or read', () => {
		expect(credentialsOf({ resource: 'record', operation: 'validate' })).toEqual([]);
		expect(credentialsOf({ resource: 'record', operation: 'toCanonical' })).toEqual([]);
		expect(credentialsOf({ resource: 'crosswalk', operation: 'lookUp' })).toEqual([]);
		expect(credentialsOf({ resource: 'record', operation: 'toCanonical', stateStore: 'postgres' })).toEqual([
			'postgres',
		]);
	});
});

/** Runs the node on one item with n8n's own defaults for what is not given; expressions are values already. */
async function run(parameters: INode['parameters'], json: object = {}): Promise<INodeExecutionData[]> {
	const node = nodeWith(parameters);
	const functions = {
		getInputData: () => [{ json }],
		getNode: () => node,
		getNodeParameter: (name: string, _index: number, fallback?: unknown) =>
			node.parameters[name] === '={{ $json }}' ? json : (node.parameters[name] ?? fallback),
		continueOnFail: () => false,
	} as unknown as IExecuteFunctions;
	const [items = []] = await new DataModel().execute.call(functions);
	return items;
}

describe('bad input', () => {
	const map = { resource: 'record', operation: 'toCanonical', entity: 'partner', mapping: '{"code": "id"}' };
	const codes = (...list: Array<{ kind: string; from: string; to: string }>) => ({
		translations: { codes: list },
	});

	test.each([
		[{ ...map, record: '"text"' }, 'The record of item 0 is no JSON object.'],
		[{ ...map, record: '{' }, 'The record of item 0 is no JSON object.'],
		[{ ...map, mapping: '{' }, 'The mapping is no JSON'],
		[{ ...map, mapping: '{"code": "a b"}' }, 'code: is no JSONata expression: '],
		[
			{ ...map, mapping: '{}' },
			'The mapping is wrong: names no field. Correct the mapping; no record was mapped.',
		],
		[{ ...map, entity: 'invioce' }, 'Wrong parameter: entity: '],
		[
			{ ...map, ...codes({ kind: 'item', from: '', to: 'wms' }) },
			'Wrong parameter: translations.codes.0.from: ',
		],
		[
			{ ...map, ...codes({ kind: 'item', from: 'a', to: 'b' }, { kind: 'item', from: 'a', to: 'c' }) },
			'Codes From Crosswalk names the kind item twice; give each kind once.',
		],
		[
			{ ...map, operation: 'fromCanonical', mapping: '{"a": 1}' },
			'a: must be an object of fields, or an expression as text',
		],
		[
			{ resource: 'crosswalk', operation: 'suggestLinks', recordsFrom: 'systems', systems: 'sap/sap' },
			'The systems "sap/sap" are unknown. Choose from the list.',
		],
	])('%j is refused with what is wrong', async (parameters, message) => {
		await expect(run(parameters)).rejects.toThrow(message);
	});

	test('of one record names all that is wrong with it', async () => {
		const parameters = { ...map, mapping: '{"code": "id", "email": "mail", "roles": "as"}' };
		const [item] = await run(parameters, { id: ' 7', mail: 'nobody', as: 'boss', vip: true });
		expect(item?.json).toMatchObject({
			valid: false,
			unmapped: ['vip'],
			problems: [{ field: 'code' }, { field: 'roles.0' }, { field: 'email' }],
		});
		await expect(run({ ...parameters, invalidRecords: 'refuse' }, { id: 7, mail: 'nobody' })).rejects.toThrow(
			/^Item 0 can't be mapped as partner: email: /,
		);
	});
});
