import {
	isResourceLocatorValue,
	NodeOperationError,
	type ILoadOptionsFunctions,
	type INodeProperties,
	type INodePropertyOptions,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import { ChangeCapture, type CaptureSettings } from '../../core/events/changeCapture';
import { describeEvent, isEventEntity } from '../../core/events/event';
import { Inbox } from '../../core/events/inbox';
import { stateOfFields, watchableFields, watchProblem } from '../../core/events/watchedFields';
import { problems } from '../../core/model/problems';
import type { EntityName } from '../../core/ports/systemConnector';
import { DeliveryOptions, deliveryProperties, dispatchOptions } from './deliveryOptions';
import { deliver } from './eventDelivery';
import { stateStore, stateStoreProperty } from './stateStore';
import { labelOf } from './recordForm';
import { restSystemProperties } from './restSystem';
import { connectorOf, credentialsProperty, systemProperty, type SystemRole } from './systems';
import { emitTestRecord, testRecordProperty } from './testRecord';

/** Longest wait after looks that failed. */
const longestWaitMs = 60_000;

const Parameters = z.object({
	system: z.string(),
	entity: z.string(),
	events: z
		.array(z.string())
		.min(1, 'choose at least one')
		.default(['created', 'changed', 'cancelled', 'deleted']),
	interval: z.number().min(1, 'must be at least 1 second').max(86_400),
	startFrom: z.enum(['now', 'beginning']),
	testRecord: z
		.unknown()
		.transform((given) => String((isResourceLocatorValue(given) ? given.value : given) ?? '').trim()),
	stateStore: z.string(),
	options: DeliveryOptions.extend({ fieldsToWatch: z.array(z.string()).default([]) }),
});

const fieldsToWatchProperty: INodeProperties = {
	displayName: 'Field Names or IDs to Watch',
	name: 'fieldsToWatch',
	type: 'multiOptions',
	noDataExpression: true,
	typeOptions: { loadOptionsMethod: 'loadWatchableFields', loadOptionsDependsOn: ['/entity'] },
	default: [],
	description:
		'A change counts only when one of these differs; new, cancelled and deleted records always count. None: all fields. Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
};

/** `loadOptions` of every node that has {@link changeTriggerProperties}. */
export const watchMethods = {
	async loadWatchableFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		const entity = String(this.getCurrentNodeParameter('entity'));
		return isEventEntity(entity)
			? watchableFields(entity).map((path) => ({ name: labelOf(path), value: path }))
			: [];
	},
};

const entityProperty: INodeProperties = {
	displayName: 'Entity',
	name: 'entity',
	type: 'options',
	noDataExpression: true,
	default: '',
	description: 'Which kind of record to look for changes of',
};

export const intervalProperty: INodeProperties = {
	displayName: 'Poll Every (Seconds)',
	name: 'interval',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 5,
	noDataExpression: true,
	description: 'How long to wait between two polls; at least 1',
};

/** What a trigger that polls a system has to choose, but for its own properties, which stand after `entity`. */
export function changeTriggerProperties(
	entities: INodePropertyOptions[],
	own: INodeProperties[] = [],
): INodeProperties[] {
	return [
		systemProperty,
		credentialsProperty,
		...restSystemProperties,
		{ ...entityProperty, options: entities, default: entities[0]?.value ?? '' },
		...own,
		intervalProperty,
		{
			displayName: 'Start From',
			name: 'startFrom',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'Now',
					value: 'now',
					description: 'Only what changes after the workflow is first published',
				},
				{ name: 'The Beginning', value: 'beginning', description: 'Every record once, then its changes' },
			],
			default: 'now',
			description: 'What the first poll reports; later the trigger goes on where it stopped',
		},
		testRecordProperty,
		stateStoreProperty,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add Option',
			default: {},
			options: [...deliveryProperties, fieldsToWatchProperty],
		},
	];
}

/** Which kinds of change start the workflow. */
export const eventsProperty: INodeProperties = {
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	noDataExpression: true,
	options: [
		{
			name: 'Cancelled',
			value: 'cancelled',
			description: 'A record was cancelled',
			action: 'On record cancelled',
		},
		{
			name: 'Changed',
			value: 'changed',
			description: 'A record changed in any other way',
			action: 'On record changed',
		},
		{
			name: 'Created',
			value: 'created',
			description: 'A record that was not there before',
			action: 'On record created',
		},
		{
			name: 'Deleted',
			value: 'deleted',
			description: 'A record is gone, where the system tells',
			action: 'On record deleted',
		},
	],
	default: ['created', 'changed', 'cancelled', 'deleted'],
	description: 'Which changes start the workflow',
};

export interface ChangeTrigger {
	role: SystemRole;
	/** the entities that the trigger offers */
	entities: EntityName[];
	/** what the trigger's own parameters say about which changes count; read once, when the trigger starts */
	filter?: (context: ITriggerFunctions, entity: EntityName) => Pick<CaptureSettings, 'wants' | 'stateOf'>;
}

/** Polls a system for changes of one entity and hands each to the workflow, in order per record. */
export async function triggerOnChanges(
	context: ITriggerFunctions,
	{ role, entities, filter }: ChangeTrigger,
): Promise<ITriggerResponse> {
	const parsed = Parameters.safeParse(
		Object.fromEntries(
			Object.keys(Parameters.shape).map((name) => [name, context.getNodeParameter(name, null) ?? undefined]),
		),
	);
	if (!parsed.success) {
		throw new NodeOperationError(context.getNode(), `Wrong parameter: ${problems(parsed.error)}`);
	}
	const { system, events, interval, startFrom, testRecord, stateStore: storeChoice, options } = parsed.data;
	const entity = entities.find((one) => one === parsed.data.entity);
	if (entity === undefined) {
		throw new NodeOperationError(
			context.getNode(),
			`Wrong parameter: entity: "${parsed.data.entity}" is none of ${entities.join(', ')}.`,
		);
	}
	const { fieldsToWatch } = options;
	const problem = watchProblem(entity, fieldsToWatch);
	if (problem !== undefined) {
		throw new NodeOperationError(context.getNode(), `Wrong parameter: options.fieldsToWatch: ${problem}.`);
	}
	const { wants, ...rest } = filter?.(context, entity) ?? {};
	const connector = await connectorOf(context, role, system);
	if (connector.capabilities().entities[entity]?.changes !== true) {
		throw new NodeOperationError(
			context.getNode(),
			`${connector.system} cannot tell what changed of "${entity}"; choose another entity or system.`,
		);
	}
	if (context.getMode() === 'manual')
		return {
			manualTriggerFunction: async () => await emitTestRecord(context, connector, entity, testRecord),
		};

	if (context.getActivationMode() !== 'init') await connector.check();
	const database = await stateStore(context, storeChoice);
	const inbox = new Inbox(database, `${context.getWorkflow().id ?? 'unsaved'}/${context.getNode().id}`);
	const delivery = deliver(context, inbox, dispatchOptions(options));
	const capture = new ChangeCapture({
		connector,
		entity,
		database,
		inbox,
		startFrom,
		wants: (event) => (wants === undefined ? events.includes(describeEvent(event).change) : wants(event)),
		...(fieldsToWatch.length === 0 ? {} : { stateOf: stateOfFields(fieldsToWatch) }),
		...rest,
	});
	const looking = lookRepeatedly(
		async () => await capture.look((entries) => delivery.dispatcher.offer(entries)),
		interval * 1_000,
		(problem) => context.logger.warn(`${context.getNode().name}: ${problem}`),
	);
	return {
		async closeFunction() {
			await looking.stop();
			await delivery.close();
		},
	};
}

/** One look after the other, never two at once. A failed look is repeated, later each time. */
export function lookRepeatedly(
	look: () => Promise<number>,
	intervalMs: number,
	report: (problem: string) => void,
) {
	let stopped = false;
	let timer: NodeJS.Timeout | undefined;
	let failures = 0;
	let current = Promise.resolve();
	const next = (wait: number) => {
		if (stopped) return;
		timer = setTimeout(() => {
			current = run();
		}, wait);
	};
	const run = async () => {
		try {
			await look();
			failures = 0;
			next(intervalMs);
		} catch (error) {
			failures += 1;
			const wait = Math.min(Math.max(longestWaitMs, intervalMs), intervalMs * 2 ** Math.min(failures, 10));
			report(
				`${error instanceof Error ? error.message : String(error)} The next look is in ${wait / 1_000} s.`,
			);
			next(wait);
		}
	};
	next(0);
	return {
		async stop() {
			stopped = true;
			clearTimeout(timer);
			await current;
		},
	};
}
