import { randomUUID } from 'node:crypto';

import Big from 'big.js';

import { compare, normalise } from '../../../core/model/decimal';
import type { Erp } from '../erp/erp';
import type { ErpOrder } from '../erp/model';
import { ServiceError } from '../http/service';
import type { Mailbox } from '../mail/mailbox';
import { Mailer } from './mailer';
import { NewDeputy, Submission, type Binding, type Flow, type Run, type WaitingDocument } from './model';
import { HrExtract, keepRun, readHr, writeOrganisation } from './organisationSync';
import { ApprovalRecords } from './records';

/**
 * The ERP's approvals: sales orders wait at the steps of a flow until users of the approver's position have decided. Like most ERPs it
 * does not say why nobody was asked: a step without an approver, or a position without a user, leaves the document waiting.
 */
export class Approvals {
	readonly records: ApprovalRecords;
	private readonly mailer: Mailer;

	constructor(
		file: string,
		private readonly erp: Erp,
		mailbox: Mailbox,
		private readonly apiKey: string,
	) {
		this.records = new ApprovalRecords(file);
		this.mailer = new Mailer(this.records, mailbox, apiKey);
		erp.admitConfirmation = (order) => this.admit(order);
	}

	async close(): Promise<void> {
		await this.mailer.close();
		this.records.close();
	}

	/** Puts a draft order before its approvers; one that waits already is answered as it is. */
	submit(given: unknown): WaitingDocument {
		const { order: id, submittedBy, branch } = Submission.parse(given);
		const order = this.erp.order(id);
		if (!order) throw new ServiceError(404, 'no_such_order', `There is no order "${id}".`);
		const known = this.records.get('documents', id);
		if (known?.status === 'waiting') return known;
		if (order.status !== 'draft')
			throw new ServiceError(409, 'status', `Order "${id}" is ${order.status}; only a draft is submitted.`);
		const now = new Date().toISOString();
		const document = this.records.put('documents', {
			id,
			number: order.number,
			amount: amountOf(order),
			currency: order.currency,
			...(branch === undefined ? {} : { branch }),
			customer: order.customer,
			submittedBy,
			submittedAt: now,
			status: 'waiting',
			step: this.firstStep(amountOf(order), branch),
			waitingSince: now,
		});
		this.assign(document);
		return document;
	}

	/** Gives tasks to whoever holds the step's position now and has none yet, and writes to them. */
	reassign(ids: string[]): { tasks: number } {
		let tasks = 0;
		for (const document of this.records.some('documents', ids)) {
			if (document.status !== 'waiting') continue;
			const step = document.step ?? this.firstStep(document.amount, document.branch);
			const current = this.records.put('documents', { ...document, step });
			tasks += this.assign(current);
		}
		return { tasks };
	}

	/** The user's decision on the document's present step. 403 when the user may not. */
	approve(id: string, user: string): WaitingDocument {
		const document = this.records.get('documents', id);
		if (document?.status !== 'waiting' || document.step === null)
			throw new ServiceError(409, 'status', `Order "${id}" does not wait for a decision.`);
		const task = this.records
			.ofDocuments('tasks', [id])
			.find((one) => one.user === user && one.step === document.step && one.status === 'open');
		if (!task) throw new ServiceError(403, 'no_task', `User "${user}" has no task for order "${id}".`);
		this.refuseUnauthorised(document, user, task.position);
		const now = new Date().toISOString();
		for (const one of this.records.ofDocuments('tasks', [id]))
			if (one.status === 'open')
				this.records.put('tasks', { ...one, status: one.id === task.id ? 'done' : 'withdrawn' });
		const next = this.flow()?.steps.find((step) => step.id === document.step)?.next ?? null;
		const decided = this.records.put('documents', {
			...document,
			status: next === null ? 'approved' : 'waiting',
			step: next,
			waitingSince: now,
			decisions: [...document.decisions, { step: document.step, user, at: now }],
		});
		if (next !== null) this.assign(decided);
		else if (this.erp.order(id)?.status === 'draft') this.erp.confirmOrder(id);
		return decided;
	}

	/** A user who decides for a position until some moment. */
	bindDeputy(given: unknown): Binding {
		const { position, user, ...terms } = NewDeputy.parse(given);
		const id = `${position}/${user}`;
		if (!this.records.get('positions', position))
			throw new ServiceError(404, 'no_such_position', `There is no position "${position}".`);
		if (!this.records.get('users', user))
			throw new ServiceError(404, 'no_such_user', `There is no user "${user}".`);
		if (this.records.get('bindings', id)?.origin === 'sync')
			throw new ServiceError(409, 'bound', `User "${user}" holds position "${position}" already.`);
		const since = new Date().toISOString();
		return this.records.put('bindings', { id, position, user, origin: 'manual', since, ...terms });
	}

	/** Ends a deputy's binding and withdraws the tasks that came with it. */
	unbindDeputy(position: string, user: string): { withdrawn: number } {
		const id = `${position}/${user}`;
		if (this.records.get('bindings', id)?.origin === 'manual') this.records.remove('bindings', id);
		const open = this.records
			.all('tasks')
			.filter((task) => task.position === position && task.user === user && task.status === 'open');
		for (const task of open) this.records.put('tasks', { ...task, status: 'withdrawn' });
		return { withdrawn: open.length };
	}

	/** Tries messages once more; all that are not sent where none are named. */
	async send(ids?: string[]): Promise<{ tried: number }> {
		const wanted =
			ids ??
			this.records
				.all('messages')
				.filter(({ status }) => status !== 'sent')
				.map(({ id }) => id);
		await this.mailer.send(wanted);
		return { tried: wanted.length };
	}

	/** Resolves when every message so far has been tried. */
	async mailed(): Promise<void> {
		await this.mailer.send([]);
	}

	/** The ERP's own interface to HR, run once. A failure is a run that failed. */
	async synchronise(only?: string[]): Promise<Run> {
		const { hrInterface, hrUrl, mailTimeoutMs } = this.settings();
		if (hrInterface === 'off')
			throw new ServiceError(409, 'interface_off', 'The interface to HR is switched off.');
		const startedAt = new Date().toISOString();
		try {
			return writeOrganisation(
				this.records,
				await readHr(hrUrl, this.apiKey, mailTimeoutMs),
				startedAt,
				only,
			);
		} catch (error) {
			const reason = error instanceof Error ? error.message : String(error);
			const message = `HR could not be read: ${reason}`.slice(0, 400);
			return keepRun(this.records, {
				startedAt,
				result: 'failed',
				read: 0,
				written: 0,
				errors: [{ message }],
			});
		}
	}

	/** What another program read from HR. */
	import(given: unknown, only?: string[]): Run {
		return writeOrganisation(this.records, HrExtract.parse(given), new Date().toISOString(), only);
	}

	private admit({ id, lines }: { id?: string; lines: ErpOrder['lines'] }): void {
		const from = this.records.get('settings', 'settings')?.approvalFrom;
		if (from === undefined || compare(amountOf({ lines }), from) < 0) return;
		if (id !== undefined && this.records.get('documents', id)?.status === 'approved') return;
		const name = id === undefined ? 'A new order' : `Order "${id}"`;
		throw new ServiceError(
			409,
			'approval',
			`${name} needs approval from ${from} on; save a draft and submit it.`,
		);
	}

	private firstStep(amount: string, branch: string | undefined): string | null {
		const flow = this.flow();
		const rule = flow?.rules.find(
			({ active, from, below, branches }) =>
				active &&
				compare(amount, from) >= 0 &&
				(below === undefined || compare(amount, below) < 0) &&
				(branches === undefined || (branch !== undefined && branches.includes(branch))),
		);
		return rule?.step ?? null;
	}

	/** How many tasks were given. None when the way through the flow is not whole, or nobody is there. */
	private assign(document: WaitingDocument): number {
		const flow = this.flow();
		const step = flow?.steps.find(({ id }) => id === document.step);
		if (!flow?.active || !step?.active || step.approver === null || !ends(flow, step.id)) return 0;
		const position = step.approver;
		const now = new Date().toISOString();
		const open = this.records.ofDocuments('tasks', [document.id]).filter(({ status }) => status === 'open');
		const users = this.records
			.all('bindings')
			.filter((one) => one.position === position && holds(one, document.amount, now))
			.map(({ user }) => this.records.get('users', user))
			.filter((user) => user !== undefined && !user.locked);
		const messages: string[] = [];
		for (const user of users) {
			if (user === undefined || open.some((task) => task.user === user.id && task.step === step.id)) continue;
			const task = this.records.put('tasks', {
				id: `T-${randomUUID()}`,
				document: document.id,
				step: step.id,
				position,
				user: user.id,
				status: 'open',
				createdAt: now,
			});
			const message = this.records.put('messages', {
				id: `M-${randomUUID()}`,
				document: document.id,
				task: task.id,
				user: user.id,
				...(user.email === undefined ? {} : { to: user.email }),
				status: 'queued',
				madeAt: now,
				attempts: 0,
			});
			messages.push(message.id);
		}
		this.mailer.send(messages).catch((error: unknown) => console.error('sandbox:', error));
		return messages.length;
	}

	private refuseUnauthorised(document: WaitingDocument, user: string, position: string): void {
		const binding = this.records.get('bindings', `${position}/${user}`);
		const refuse = (code: string, why: string): never => {
			throw new ServiceError(403, code, `User "${user}" may not approve order "${document.id}": ${why}`);
		};
		if (binding === undefined || !holds(binding, document.amount, new Date().toISOString()))
			refuse('not_bound', `the user does not hold position ${position} for this amount now.`);
		if (this.settings().submitterExcluded && document.submittedBy === user)
			refuse('submitter', 'it is the user who submitted it.');
		const special = this.records.get('specialCustomers', document.customer.code);
		if (special && !special.holders.includes(user))
			refuse(
				'special_customer',
				`customer ${document.customer.code} needs the authorisation ${special.authorisation}.`,
			);
		const limits = this.records.all('limits');
		const limit = limits.find((one) => one.user === user) ?? limits.find((one) => one.position === position);
		if (limit && compare(document.amount, limit.limit) > 0) refuse('limit', `${limit.limit} is the limit.`);
	}

	private flow(): Flow | undefined {
		return this.records.all('flows').find(({ document }) => document === 'salesOrder');
	}

	private settings() {
		const settings = this.records.get('settings', 'settings');
		if (!settings) throw new ServiceError(409, 'not_set_up', 'The approvals have not been set up.');
		return settings;
	}
}

/** Quantity times price of all lines. */
export function amountOf({ lines }: Pick<ErpOrder, 'lines'>): string {
	const total = lines.reduce(
		(sum, { quantity, price }) => sum.plus(new Big(quantity).times(price)),
		new Big('0'),
	);
	return normalise(total.round(2, Big.roundHalfEven).toFixed());
}

function holds({ until, maxAmount }: Binding, amount: string, now: string): boolean {
	return (until === undefined || until > now) && (maxAmount === undefined || compare(amount, maxAmount) <= 0);
}

function ends(flow: Flow, from: string): boolean {
	const seen = new Set<string>();
	for (let step: string | null = from; step !== null; ) {
		const found = flow.steps.find(({ id }) => id === step);
		if (found === undefined || seen.has(step)) return false;
		seen.add(step);
		step = found.next;
	}
	return true;
}
