import type { ReviewRefusal } from '../access/lifecycle/plan';
import { HeldRight } from '../access/review/heldRight';
import type { Database, Row } from './database';
import { insertRows } from './statements';

/** One right that one reviewer is asked about. */
export interface CampaignItem {
	campaign: string;
	/** what identifies the right, the same in every campaign */
	item: string;
	/** whoever has it may decide: it stands in the link of the mail */
	token: string;
	reviewer: string;
	/** JSON of the right */
	subject: string;
	decision?: 'keep' | 'revoke';
	decidedBy?: string;
	/** milliseconds since 1970 */
	decidedAt?: number;
	reason?: string;
	reminders: number;
	/** when the reviewer was last written to */
	remindedAt: number;
}

export interface Campaign {
	name: string;
	startedAt: number;
	dueAt: number;
}

export type NewCampaignItem = Pick<CampaignItem, 'item' | 'token' | 'reviewer' | 'subject'>;

/**
 * Starts a campaign, or adds to it what it does not have yet: started again with the same rights it stays as it is, with its decisions. Returns the campaign
 * as it holds.
 */
export async function keepCampaign(
	database: Database,
	{ name, startedAt, dueAt }: Campaign,
	items: readonly NewCampaignItem[],
): Promise<Campaign> {
	const results = await database.transaction([
		{
			sql: `INSERT INTO access_campaigns (name, started_at, due_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`,
			parameters: [name, startedAt, dueAt],
		},
		...insertRows({
			table: 'access_campaign_items',
			columns: ['campaign', 'item', 'token', 'reviewer', 'subject', 'reminders', 'reminded_at'],
			rows: items.map(({ item, token, reviewer, subject }) => [
				name,
				item,
				token,
				reviewer,
				subject,
				0,
				startedAt,
			]),
			suffix: 'ON CONFLICT (campaign, item) DO NOTHING',
		}),
		{ sql: 'SELECT * FROM access_campaigns WHERE name = $1', parameters: [name] },
	]);
	const [row] = results.at(-1) ?? [];
	return { name, startedAt: Number(row?.started_at), dueAt: Number(row?.due_at) };
}

export async function campaignNamed(database: Database, name: string): Promise<Campaign | undefined> {
	const [[row] = []] = await database.transaction([
		{ sql: 'SELECT * FROM access_campaigns WHERE name = $1', parameters: [name] },
	]);
	return row && { name, startedAt: Number(row.started_at), dueAt: Number(row.due_at) };
}

/** All rights of a campaign, by reviewer. */
export async function campaignItems(database: Database, name: string): Promise<CampaignItem[]> {
	const [rows = []] = await database.transaction([
		{
			sql: 'SELECT * FROM access_campaign_items WHERE campaign = $1 ORDER BY reviewer, item',
			parameters: [name],
		},
	]);
	return rows.map(itemOf);
}

export async function campaignItemByToken(
	database: Database,
	token: string,
): Promise<CampaignItem | undefined> {
	const [[row] = []] = await database.transaction([
		{ sql: 'SELECT * FROM access_campaign_items WHERE token = $1', parameters: [token] },
	]);
	return row && itemOf(row);
}

/** Keeps the first decision of all: returns the item as it then is, whoever decided. */
export async function keepCampaignDecision(
	database: Database,
	token: string,
	{ decision, by, reason, at }: { decision: 'keep' | 'revoke'; by: string; reason: string; at: number },
): Promise<CampaignItem | undefined> {
	const [, [row] = []] = await database.transaction([
		{
			sql: `UPDATE access_campaign_items SET decision = $2, decided_by = $3, decided_at = $4, reason = $5
				WHERE token = $1 AND decision IS NULL`,
			parameters: [token, decision, by, at, reason],
		},
		{ sql: 'SELECT * FROM access_campaign_items WHERE token = $1', parameters: [token] },
	]);
	return row && itemOf(row);
}

/** What reviewers revoked in a system, in any campaign, the latest decision first. */
export async function revokedInReviews(database: Database, system: string): Promise<ReviewRefusal[]> {
	const [rows = []] = await database.transaction([
		{
			sql: `SELECT * FROM access_campaign_items WHERE decision = 'revoke' ORDER BY decided_at DESC, campaign, item`,
			parameters: [],
		},
	]);
	return rows.map(itemOf).flatMap(({ subject, campaign, decidedBy = '', decidedAt = 0 }) => {
		const { person, post, ...of } = HeldRight.parse(JSON.parse(subject));
		if (of.system !== system) return [];
		return [
			{
				account: of.account,
				right: of.right,
				...(person === undefined ? {} : { person }),
				...(post === undefined || post === '' ? {} : { post }),
				campaign,
				by: decidedBy,
				decidedAt,
			},
		];
	});
}

/** Counts a reminder for each open right whose reviewer was last written to before `before`, and returns those. Two runs at once remind once. */
export async function takeReminders(
	database: Database,
	name: string,
	{ before, most, at }: { before: number; most: number; at: number },
): Promise<CampaignItem[]> {
	const [rows = []] = await database.transaction([
		{
			sql: `UPDATE access_campaign_items SET reminders = reminders + 1, reminded_at = $4
				WHERE campaign = $1 AND decision IS NULL AND reminded_at <= $2 AND reminders < $3 RETURNING *`,
			parameters: [name, before, most, at],
		},
	]);
	return rows.map(itemOf);
}

function itemOf(row: Row): CampaignItem {
	const { decision, decided_by: decidedBy, decided_at: decidedAt, reason } = row;
	return {
		campaign: String(row.campaign),
		item: String(row.item),
		token: String(row.token),
		reviewer: String(row.reviewer),
		subject: String(row.subject),
		...(decision === 'keep' || decision === 'revoke' ? { decision } : {}),
		...(decidedBy === null || decidedBy === undefined ? {} : { decidedBy: String(decidedBy) }),
		...(decidedAt === null || decidedAt === undefined ? {} : { decidedAt: Number(decidedAt) }),
		...(reason === null || reason === undefined || reason === '' ? {} : { reason: String(reason) }),
		reminders: Number(row.reminders),
		remindedAt: Number(row.reminded_at),
	};
}
