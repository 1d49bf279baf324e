import { randomBytes } from 'node:crypto';

import { ConflictError, NotFoundError, ValidationError } from '../../ports/errors';
import {
	campaignItemByToken,
	campaignItems,
	campaignNamed,
	keepCampaign,
	keepCampaignDecision,
	takeReminders,
	type Campaign,
	type CampaignItem,
} from '../../store/accessCampaigns';
import type { Database } from '../../store/database';
import { HeldRight } from './heldRight';

/** One right of a campaign as a reviewer sees it. */
export interface ReviewItem extends HeldRight {
	campaign: string;
	reviewer: string;
	/** whoever has it may decide */
	token: string;
	/** when the decision is due */
	dueAt: string;
	decision?: 'keep' | 'revoke';
	decidedBy?: string;
	decidedAt?: string;
	reason?: string;
	reminders: number;
	isOverdue: boolean;
}

const day = 86_400_000;

export interface CampaignStart {
	name: string;
	/** days until the decisions are due */
	days: number;
	/** who is asked where nobody is known to be the holder's manager */
	fallbackReviewer: string;
	at: number;
}

/**
 * Asks each holder's manager whether each right is still needed. Nobody is asked about their own rights: those go to the fallback reviewer. Started again under the
 * same name it adds only rights that are new, so that a repeated run writes to nobody twice. Returns all that is open.
 */
export async function startCampaign(
	database: Database,
	rights: readonly HeldRight[],
	{ name, days, fallbackReviewer, at }: CampaignStart,
): Promise<ReviewItem[]> {
	const items = rights.map((right) => {
		const { system, account, right: held, manager, person } = right;
		const isOwn = manager !== undefined && manager === person;
		return {
			item: JSON.stringify([system, account, held]),
			token: randomBytes(24).toString('base64url'),
			reviewer: manager === undefined || isOwn ? fallbackReviewer : manager,
			subject: JSON.stringify(right),
		};
	});
	if (items.some(({ reviewer }) => reviewer === ''))
		throw new ValidationError(
			'Some rights have no manager to ask, and no fallback reviewer is set. No campaign was started. Set one.',
			{ system: 'campaigns', key: name },
		);
	const campaign = await keepCampaign(database, { name, startedAt: at, dueAt: at + days * day }, items);
	const all = await campaignItems(database, name);
	return all.filter(({ decision }) => decision === undefined).map((item) => shown(item, campaign, at));
}

/** All of a campaign, decided or not. Throws NotFoundError when there is none of the name. */
export async function reviewItems(database: Database, name: string, at: number): Promise<ReviewItem[]> {
	const campaign = await existing(database, name);
	return (await campaignItems(database, name)).map((item) => shown(item, campaign, at));
}

export interface ReviewDecision {
	decision: 'keep' | 'revoke';
	by: string;
	reason: string;
	at: number;
}

/**
 * The first decision holds. The same again changes nothing; another one is a ConflictError, so that a link from an old mail cannot give back a right that was
 * revoked. `isNew` is true only the first time: what follows from a decision is then done once.
 */
export async function decideReview(
	database: Database,
	token: string,
	decided: ReviewDecision,
): Promise<ReviewItem & { isNew: boolean }> {
	const before = await campaignItemByToken(database, token);
	const item = await keepCampaignDecision(database, token, decided);
	if (item === undefined)
		throw new NotFoundError(
			'This link belongs to no right under review. Nothing was changed. Use the link of the latest mail.',
			{
				system: 'campaigns',
			},
		);
	if (item.decision !== decided.decision)
		throw new ConflictError(
			`${item.decidedBy ?? 'Somebody'} has already decided to ${item.decision ?? 'wait'}. Nothing was changed. Grant or revoke the right itself if that was wrong.`,
			{ system: 'campaigns', key: item.campaign },
		);
	const campaign = await existing(database, item.campaign);
	return { ...shown(item, campaign, decided.at), isNew: before?.decision === undefined };
}

export interface ReminderRule {
	/** days since the reviewer was last written to */
	afterDays: number;
	/** at most so many for each right */
	most: number;
	at: number;
}

/** What reviewers are to be reminded of now. Each is returned once for each reminder that is due, whoever asks. */
export async function dueReminders(
	database: Database,
	name: string,
	{ afterDays, most, at }: ReminderRule,
): Promise<ReviewItem[]> {
	const campaign = await existing(database, name);
	const items = await takeReminders(database, name, { before: at - afterDays * day, most, at });
	return items.map((item) => shown(item, campaign, at));
}

async function existing(database: Database, name: string): Promise<Campaign> {
	const campaign = await campaignNamed(database, name);
	if (campaign !== undefined) return campaign;
	throw new NotFoundError(`There is no review campaign "${name}". Start it first.`, {
		system: 'campaigns',
		key: name,
	});
}

function shown(item: CampaignItem, { dueAt }: Campaign, at: number): ReviewItem {
	const { campaign, reviewer, token, subject, decision, decidedBy, decidedAt, reason, reminders } = item;
	return {
		...HeldRight.parse(JSON.parse(subject)),
		campaign,
		reviewer,
		token,
		dueAt: new Date(dueAt).toISOString(),
		...(decision === undefined ? {} : { decision }),
		...(decidedBy === undefined ? {} : { decidedBy }),
		...(decidedAt === undefined ? {} : { decidedAt: new Date(decidedAt).toISOString() }),
		...(reason === undefined ? {} : { reason }),
		reminders,
		isOverdue: decision === undefined && at > dueAt,
	};
}
