import { createHash } from 'node:crypto';

import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { z } from 'zod/v4';

import { Key } from '../../../../core/model/references';
import { holdingPolicy } from '../../../../core/sync/policy/holdingPolicy';
import { pullRecords } from '../../../../core/sync/policy/pullRecords';
import { shownFor } from '../../../shared/fields';
import type { OperationContext } from '../../../shared/operationContext';
import { restSystemProperties, restSystemValue } from '../../../shared/restSystem';
import { PolicyParameter, policyProperty } from '../../../shared/syncPolicies';
import { systemProperty } from '../../../shared/systems';
import { Entity, entityOptions } from '../../entities';

export const description: INodeProperties[] = shownFor('record', 'get', [
	policyProperty,
	systemProperty,
	...restSystemProperties,
	{
		displayName: 'Used As',
		name: 'role',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'ERP', value: 'erp' },
			{ name: 'Warehouse', value: 'wms' },
		],
		default: 'erp',
		description: 'As what the system is asked',
	},
	{
		displayName: 'Entity',
		name: 'entity',
		type: 'options',
		options: entityOptions,
		default: 'partner',
		description: 'Which kind of record to read',
	},
	{
		displayName: 'Key',
		name: 'key',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. C-1001',
		description: "The record's key or code in the system",
	},
	{
		displayName: 'If System Is Away',
		name: 'ifAway',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Fail', value: 'fail' },
			{
				name: 'Use Last Known Record',
				value: 'lastKnown',
				description: 'Even when its time to live is over; it is then marked as stale',
			},
		],
		default: 'fail',
		description: 'What to do when a record has to be read and the system gives no answer',
	},
]);

const Parameters = PolicyParameter.extend({
	role: z.enum(['erp', 'wms']),
	entity: Entity,
	key: z.preprocess((value) => (typeof value === 'number' ? String(value) : value), Key),
	ifAway: z.enum(['fail', 'lastKnown']),
});

/** Records on demand. All items of an execution, and other executions that ask at the same time, share one request. */
export async function execute(context: OperationContext): Promise<INodeExecutionData[]> {
	const [first] = context.items;
	if (first === undefined) return [];
	const asked = context.items.map((_, index) => {
		try {
			return context.parameters(Parameters, index);
		} catch (error) {
			if (error instanceof Error) return error;
			throw error;
		}
	});
	const role = context.functions.getNodeParameter('role', 0) === 'wms' ? 'wms' : 'erp';
	const [connector, database] = await Promise.all([context.connector(role), context.database()]);
	const groups = new Map<string, z.infer<typeof Parameters> & { keys: string[] }>();
	for (const one of asked) {
		if (one instanceof Error) continue;
		const name = groupOf(one);
		const group = groups.get(name) ?? { ...one, keys: [] };
		groups.set(name, group);
		group.keys.push(one.key);
	}
	const answers = new Map<string, Awaited<ReturnType<typeof pullRecords>> | Error>();
	for (const [name, { policy: policyName, entity, ifAway, keys }] of groups) {
		try {
			const { policy } = await holdingPolicy(database, policyName);
			const pulled = await pullRecords({
				policyName,
				policy,
				database,
				connector,
				reader: readerOf(context),
				entity,
				keys: [...new Set(keys)],
				allowStale: ifAway === 'lastKnown',
			});
			answers.set(name, pulled);
		} catch (error) {
			if (!(error instanceof Error)) throw error;
			answers.set(name, error);
		}
	}
	return context.answer(
		asked.map((one): object[] | Error => {
			if (one instanceof Error) return one;
			const answer = answers.get(groupOf(one));
			if (answer === undefined || answer instanceof Error) return answer ?? new Error('No answer.');
			const found = answer.get(one.key);
			if (found === undefined) return new Error(`No answer for ${one.entity} "${one.key}".`);
			if ('error' in found) return found.error;
			const { record, fetchedAt, from, stale } = found;
			return [
				{
					system: connector.system,
					entity: one.entity,
					key: one.key,
					record,
					fetchedAt: new Date(fetchedAt).toISOString(),
					from,
					stale,
				},
			];
		}),
	);
}

function groupOf({ policy, entity, ifAway }: z.infer<typeof Parameters>): string {
	return JSON.stringify([policy, entity, ifAway]);
}

/** What another credential, role or description may see stays apart. */
function readerOf({ functions }: OperationContext): string {
	const system = String(functions.getNodeParameter('system', 0));
	const { postgres: _stateStore, ...credentials } = functions.getNode().credentials ?? {};
	const identity = [
		system,
		functions.getNodeParameter('role', 0),
		Object.entries(credentials)
			.map(([type, { id, name }]) => `${type} ${id ?? name}`)
			.sort(),
		system === restSystemValue ? functions.getNodeParameter('restDescription', 0) : '',
	];
	return createHash('sha256').update(JSON.stringify(identity)).digest('base64url').slice(0, 32);
}
