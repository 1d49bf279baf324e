import {
	NodeConnectionTypes,
	NodeOperationError,
	OperationalError,
	type IDataObject,
	type IRun,
	type ITriggerFunctions,
	type ITriggerResponse,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { z } from 'zod/v4';

import {
	lateDocuments,
	shortestLimit,
	type LateDocument,
	type WaitLimits,
} from '../../core/approvals/waitLimit';
import { Decimal } from '../../core/model/decimal';
import type { ApprovalDocument } from '../../core/model/approval';
import { problems } from '../../core/model/problems';
import type { ApprovalSystem } from '../../core/ports/approvalSystem';
import { lastApplied, recordApplied } from '../../core/store/applied';
import type { Database } from '../../core/store/database';
import {
	approvalCredentials,
	approvalSystemOf,
	approvalSystemProperty,
} from '../ApprovalDiagnostics/approvalSystems';
import { intervalProperty, lookRepeatedly } from '../shared/changeTrigger';
import { outcomeOf } from '../shared/failures';
import { stateStore, stateStoreCredential, stateStoreProperty } from '../shared/stateStore';
import { credentialsProperty } from '../shared/systems';

/** How long a trigger that closes waits for the execution that it started. */
const closePatienceMs = 5_000;
/** Documents that one execution is given. */
const atOnce = 100;

const Parameters = z.object({
	system: z.string(),
	limitHours: z.number().min(0, 'must not be negative').max(8_760),
	shorterLimits: z
		.object({
			limit: z
				.array(z.object({ amount: z.coerce.string().pipe(Decimal), hours: z.number().min(0) }))
				.default([]),
		})
		.default({ limit: [] }),
	remindEveryHours: z.number().min(0).max(8_760).default(0),
	interval: z.number().min(1, 'must be at least 1 second').max(86_400),
	stateStore: z.string(),
});

export class ApprovalTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Approval Trigger',
		name: 'approvalTrigger',
		icon: { light: 'file:approvalTrigger.svg', dark: 'file:approvalTrigger.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ "longer than " + $parameter["limitHours"] + " h" }}',
		description: 'Starts the workflow when a document waits for approval longer than its limit',
		defaults: { name: 'Approval Trigger' },
		eventTriggerDescription: '',
		activationMessage:
			'Documents that wait longer than their limit now start this workflow, each once and again with every reminder.',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [...approvalCredentials, stateStoreCredential],
		properties: [
			approvalSystemProperty,
			credentialsProperty,
			{
				displayName: 'Limit (Hours)',
				name: 'limitHours',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 2 },
				default: 4,
				noDataExpression: true,
				description: 'How long a document may wait at one step',
			},
			{
				displayName: 'Shorter Limits',
				name: 'shorterLimits',
				type: 'fixedCollection',
				typeOptions: { multipleValues: true },
				placeholder: 'Add Limit',
				default: {},
				description: 'For documents from an amount on, in their own currency',
				options: [
					{
						displayName: 'Limit',
						name: 'limit',
						values: [
							{
								displayName: 'From Amount',
								name: 'amount',
								type: 'string',
								default: '',
								placeholder: 'e.g. 100000',
							},
							{
								displayName: 'Hours',
								name: 'hours',
								type: 'number',
								typeOptions: { minValue: 0, numberPrecision: 2 },
								default: 1,
							},
						],
					},
				],
			},
			{
				displayName: 'Remind Every (Hours)',
				name: 'remindEveryHours',
				type: 'number',
				typeOptions: { minValue: 0, numberPrecision: 2 },
				default: 0,
				noDataExpression: true,
				description: 'Start the workflow again while the document goes on waiting; 0: once only',
			},
			{ ...intervalProperty, default: 60 },
			stateStoreProperty,
		],
	};

	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		const parsed = Parameters.safeParse(
			Object.fromEntries(
				Object.keys(Parameters.shape).map((name) => [name, this.getNodeParameter(name, null) ?? undefined]),
			),
		);
		if (!parsed.success)
			throw new NodeOperationError(this.getNode(), `Wrong parameter: ${problems(parsed.error)}`);
		const { system, limitHours, shorterLimits, remindEveryHours, interval, ...rest } = parsed.data;
		const limits: WaitLimits = {
			hours: limitHours,
			fromAmount: shorterLimits.limit,
			...(remindEveryHours === 0 ? {} : { remindEveryHours }),
		};
		const approvals = await approvalSystemOf(this, system);
		if (this.getMode() === 'manual')
			return { manualTriggerFunction: async () => await showOne(this, approvals, limits) };

		const database = await stateStore(this, rest.stateStore);
		const owner = `${this.getWorkflow().id ?? 'unsaved'}/${this.getNode().id}`;
		const looking = lookRepeatedly(
			async () => await tellLate(this, approvals, limits, database, owner),
			interval * 1_000,
			(problem) => this.logger.warn(`${this.getNode().name}: ${problem}`),
		);
		return {
			async closeFunction() {
				const patience = new Promise((resolve) => setTimeout(resolve, closePatienceMs).unref());
				await Promise.race([looking.stop(), patience]);
			},
		};
	}
}

/** Hands each late document to the workflow, and remembers it once the workflow has succeeded. How many were told. */
async function tellLate(
	context: ITriggerFunctions,
	approvals: ApprovalSystem,
	limits: WaitLimits,
	database: Database,
	owner: string,
): Promise<number> {
	const now = Date.now();
	const before = new Date(now - shortestLimit(limits) * 3_600_000).toISOString();
	let told = 0;
	for await (const page of approvals.waiting({ before })) {
		const late = lateDocuments(page, limits, new Date(now).toISOString());
		const known = await lastApplied(
			database,
			owner,
			'approvalWait',
			late.map(({ document }) => document.key),
		);
		const fresh = late.filter((one) => known.get(one.document.key)?.fingerprint !== fingerprintOf(one));
		for (let at = 0; at < fresh.length; at += atOnce) {
			const some = fresh.slice(at, at + atOnce);
			await runWorkflow(context, approvals.system, some);
			const states = some.map((one) => ({
				key: one.document.key,
				sequence: now,
				fingerprint: fingerprintOf(one),
			}));
			await recordApplied(database, owner, 'approvalWait', states, now);
			told += some.length;
		}
	}
	return told;
}

async function runWorkflow(context: ITriggerFunctions, system: string, late: LateDocument[]): Promise<void> {
	const done = context.helpers.createDeferredPromise<IRun>();
	context.emit([late.map((one) => ({ json: itemOf(system, one) }))], undefined, done);
	const outcome = outcomeOf(await done.promise);
	if (!outcome.ok)
		throw new OperationalError(
			`${late.length} late documents could not be told: ${outcome.reason} They are told again.`,
		);
}

/** A document is told once for each step and reminder. */
function fingerprintOf({ document: { step = '', waitingSince }, reminder }: LateDocument): string {
	return `${step}/${waitingSince}/${reminder}`;
}

function itemOf(system: string, { document, ...rest }: LateDocument): IDataObject {
	return { event: 'waitsTooLong', system, ...rest, document: document as unknown as IDataObject };
}

/** For "Execute step": the document that has waited longest, whatever its limit. */
async function showOne(
	context: ITriggerFunctions,
	approvals: ApprovalSystem,
	limits: WaitLimits,
): Promise<void> {
	let oldest: ApprovalDocument | undefined;
	for await (const page of approvals.waiting())
		for (const document of page)
			if (oldest === undefined || document.waitingSince < oldest.waitingSince) oldest = document;
	if (oldest === undefined)
		throw new NodeOperationError(
			context.getNode(),
			`${approvals.system} has no document that waits for approval.`,
		);
	const waitedHours = Math.round((Date.now() - Date.parse(oldest.waitingSince)) / 36_000) / 100;
	const shown = { document: oldest, limitHours: limits.hours, waitedHours, reminder: 1 };
	context.emit([[{ json: itemOf(approvals.system, shown) }]]);
}
