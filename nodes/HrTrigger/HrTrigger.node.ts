import {
	isResourceLocatorValue,
	NodeConnectionTypes,
	NodeOperationError,
	type IDataObject,
	type INodeProperties,
	type INodeType,
	type INodeTypeDescription,
	type ITriggerFunctions,
	type ITriggerResponse,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import type { BridgeEvent } from '../../core/events/event';
import { Inbox } from '../../core/events/inbox';
import { EmployeeWatch, employmentEvent, noticeOf } from '../../core/hr/employeeWatch';
import { personalState } from '../../core/hr/employmentEvents';
import type { Employee } from '../../core/model/employee';
import { problems } from '../../core/model/problems';
import type { SystemConnector } from '../../core/ports/systemConnector';
import { intervalProperty, lookRepeatedly } from '../shared/changeTrigger';
import { DeliveryOptions, deliveryProperties, dispatchOptions } from '../shared/deliveryOptions';
import { deliver } from '../shared/eventDelivery';
import { searchEmployees } from '../shared/hrSearches';
import { ldapTest } from '../shared/ldapDirectory';
import { restSystemProperties } from '../shared/restSystem';
import { stateStore, stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { connectorOf, credentialsProperty, hrSystemCredentials, hrSystemProperty } from '../shared/systems';
import { testRecordProperty } from '../shared/testRecord';

const events: INodeProperties = {
	displayName: 'Events',
	name: 'events',
	type: 'multiOptions',
	noDataExpression: true,
	options: [
		{
			name: 'Answer in Doubt',
			value: 'answerInDoubt',
			description: 'A complete answer lacked so many people that nothing follows from it',
			action: 'On answer in doubt',
		},
		{
			name: 'Demoted',
			value: 'demoted',
			description: 'Someone has a lower rank',
			action: 'On employee demoted',
		},
		{
			name: 'Details Changed',
			value: 'detailsChanged',
			description: 'Any other field changed: name, e-mail, user, dates',
			action: 'On employee details changed',
		},
		{ name: 'Hired', value: 'hired', description: 'Someone is new', action: 'On employee hired' },
		{
			name: 'Leave Ended',
			value: 'leaveEnded',
			description: 'Someone is back from leave',
			action: 'On leave ended',
		},
		{
			name: 'Leave Started',
			value: 'leaveStarted',
			description: 'Someone is on leave',
			action: 'On leave started',
		},
		{ name: 'Left', value: 'left', description: 'Someone no longer works here', action: 'On employee left' },
		{
			name: 'Manager Changed',
			value: 'managerChanged',
			description: 'Someone reports to another',
			action: 'On manager changed',
		},
		{
			name: 'Missing',
			value: 'missing',
			description: 'Someone is absent from the answers, which never means that they left',
			action: 'On employee missing',
		},
		{
			name: 'Moved',
			value: 'moved',
			description: 'Someone has another department, position, region, site or legal entity',
			action: 'On employee moved',
		},
		{
			name: 'Promoted',
			value: 'promoted',
			description: 'Someone has a higher rank',
			action: 'On employee promoted',
		},
		{
			name: 'Reappeared',
			value: 'reappeared',
			description: 'Someone who was missing is there again',
			action: 'On employee reappeared',
		},
		{
			name: 'Rehired',
			value: 'rehired',
			description: 'Someone who left is back',
			action: 'On employee rehired',
		},
	],
	default: [
		'hired',
		'rehired',
		'moved',
		'promoted',
		'demoted',
		'managerChanged',
		'leaveStarted',
		'leaveEnded',
		'left',
		'missing',
		'answerInDoubt',
	],
	description: 'What starts the workflow. Several can follow from one change, each as an item of its own.',
};

const sweepProperty: INodeProperties = {
	displayName: 'Compare Everyone Every (Minutes)',
	name: 'sweepMinutes',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 60,
	noDataExpression: true,
	description:
		'How often all people are compared with the last state known, where the system tells of changes by itself: for what passes without a change, such as a last day. Other systems are compared at each poll.',
};

const startFrom: INodeProperties = {
	displayName: 'Start From',
	name: 'startFrom',
	type: 'options',
	noDataExpression: true,
	options: [
		{ name: 'Now', value: 'now', description: 'Only what happens after the workflow is first published' },
		{
			name: 'The Beginning',
			value: 'beginning',
			description: 'Everyone once, as hired or left, then what happens',
		},
	],
	default: 'now',
	description: 'What the first poll reports; later the trigger goes on where it stopped',
};

const Parameters = z.object({
	system: z.string(),
	events: z.array(z.string()).min(1, 'choose at least one'),
	interval: z.number().min(1, 'must be at least 1 second').max(86_400),
	sweepMinutes: z.number().min(1, 'must be at least 1 minute').max(10_080),
	startFrom: z.enum(['now', 'beginning']),
	testRecord: z
		.unknown()
		.transform((given) => String((isResourceLocatorValue(given) ? given.value : given) ?? '').trim()),
	stateStore: z.string(),
	options: DeliveryOptions,
});

export class HrTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'HR Trigger',
		name: 'hrTrigger',
		icon: { light: 'file:hrTrigger.svg', dark: 'file:hrTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ "every " + $parameter["interval"] + " s" }}',
		description: 'Starts the workflow when people are hired, move, are promoted, go on leave or leave',
		defaults: { name: 'HR Trigger' },
		eventTriggerDescription: '',
		activationMessage:
			'People are now compared with the last state known; what happened to them reaches this workflow, in order per person.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [...hrSystemCredentials, stateStoreCredential],
		properties: [
			hrSystemProperty,
			credentialsProperty,
			...restSystemProperties,
			events,
			intervalProperty,
			sweepProperty,
			startFrom,
			testRecordProperty,
			stateStoreProperty,
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add Option',
				default: {},
				options: deliveryProperties,
			},
		],
	};

	methods = { credentialTest: { ldapTest }, listSearch: { searchTestRecords: searchEmployees } };

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const parsed = Parameters.safeParse(
			Object.fromEntries(
				Object.keys(Parameters.shape).map((name) => [name, this.getNodeParameter(name, null) ?? undefined]),
			),
		);
		if (!parsed.success)
			throw new NodeOperationError(this.getNode(), `Wrong parameter: ${problems(parsed.error)}`);
		const { system, events: chosen, interval, sweepMinutes, testRecord, options, ...rest } = parsed.data;
		const connector = await connectorOf(this, 'hr', system);
		if (connector.capabilities().entities.employee?.read !== true)
			throw new NodeOperationError(
				this.getNode(),
				`${connector.system} knows no employees; choose another system.`,
			);
		if (this.getMode() === 'manual')
			return { manualTriggerFunction: async () => await emitTestEmployee(this, connector, testRecord) };

		if (this.getActivationMode() !== 'init') await connector.check();
		const database = await stateStore(this, rest.stateStore);
		const inbox = new Inbox(database, `${this.getWorkflow().id ?? 'unsaved'}/${this.getNode().id}`);
		const delivery = deliver(this, inbox, dispatchOptions(options), itemOf);
		let doubted = false;
		let doubtfulLook = false;
		const watch = new EmployeeWatch({
			connector,
			database,
			inbox,
			startFrom: rest.startFrom,
			wants: (kind) => chosen.includes(kind),
			sweepEveryMs: sweepMinutes * 60_000,
			onDoubt: (doubt) => {
				doubtfulLook = true;
				this.logger.warn(
					`${this.getNode().name}: the answer of ${doubt.system} lacks ${doubt.absent} of ${doubt.expected} people; nobody is taken as missing or gone.`,
				);
				if (doubted || !chosen.includes('answerInDoubt')) return;
				doubted = true;
				this.emit([[{ json: { event: 'answerInDoubt', ...doubt } }]]);
			},
		});
		const looking = lookRepeatedly(
			async () => {
				doubtfulLook = false;
				const found = await watch.look((entries) => delivery.dispatcher.offer(entries));
				// Told once while it lasts: an answer that is whole again ends the doubt.
				if (!doubtfulLook) doubted = false;
				return found;
			},
			interval * 1_000,
			(problem) => this.logger.warn(`${this.getNode().name}: ${problem}`),
		);
		return {
			async closeFunction() {
				await looking.stop();
				await delivery.close();
			},
		};
	}
}

/** What the workflow is given for an event about a person: the event as everywhere in this package, and beside it what happened. */
function itemOf(event: BridgeEvent): object {
	const { employment: _extension, ...envelope } = event;
	const { kind, ...notice } = noticeOf(event) ?? {};
	return { event: kind, ...notice, ...envelope };
}

/** For "Execute step": the chosen person as if just hired. */
async function emitTestEmployee(
	context: ITriggerFunctions,
	connector: SystemConnector,
	key: string,
): Promise<void> {
	const person = key === '' ? await firstOf(connector) : (await connector.get('employee', [key])).get(key);
	if (person === undefined)
		throw new NodeOperationError(
			context.getNode(),
			key === ''
				? `${connector.system} has no employee to show.`
				: `${connector.system} has no employee "${key}" to show; pick another "${testRecordProperty.displayName}", or none.`,
		);
	const state = personalState(person);
	const event = employmentEvent(
		connector.system,
		state,
		1,
		{ kind: 'hired', ...(state.hiredOn === undefined ? {} : { effectiveOn: state.hiredOn }), changes: {} },
		new Date().toISOString(),
	);
	context.emit([[{ json: itemOf(event) as IDataObject }]]);
}

async function firstOf(connector: SystemConnector): Promise<Employee | undefined> {
	for await (const [person] of connector.list('employee', { pageSize: 1 }))
		if (person !== undefined) return person;
	return undefined;
}
