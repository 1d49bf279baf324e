import { noTraffic, type Traffic } from '../../store/syncTraffic';

export type SummaryLanguage = 'en' | 'zh-CN';

export interface TrafficReport {
	total: Traffic;
	entities: Array<{ entity: string } & Traffic>;
	/** what was saved, for people */
	summary: string;
}

/** The figures by entity, their sum, and the saving in a few sentences. */
export function trafficReport(
	policy: string,
	byEntity: ReadonlyMap<string, Traffic>,
	language: SummaryLanguage,
): TrafficReport {
	const entities = [...byEntity].map(([entity, traffic]) => ({ entity, ...traffic }));
	const total = sumOf([...byEntity.values()]);
	return { total, entities, summary: texts[language](policy, total) };
}

function sumOf(all: Traffic[]): Traffic {
	const sum = { ...noTraffic };
	for (const one of all) {
		for (const figure of Object.keys(sum) as Array<keyof Traffic>) sum[figure] += one[figure];
	}
	return sum;
}

const texts: Record<SummaryLanguage, (policy: string, total: Traffic) => string> = {
	en: (policy, total) => {
		const { events, share, bytes, savedRequests } = figuresOf(total, 'en');
		const shown = (value: number) => number(value, 'en');
		const several = (value: number, one: string) => `${shown(value)} ${one}${value === 1 ? '' : 's'}`;
		const { eventsKeptBack, fieldsKeptBack, reads, requests, fromCache, shared } = total;
		const sentences = [
			...(events === 0
				? []
				: [
						`${shown(eventsKeptBack)} of ${several(events, 'event')} and ${bytes} (${share}) were not sent, with ${several(fieldsKeptBack, 'field')}.`,
					]),
			...(reads === 0
				? []
				: [
						`${several(reads, 'record')} read on demand took ${several(requests, 'request')}: ${shown(fromCache)} from the cache, ${shown(shared)} by a request of somebody else; ${several(savedRequests, 'request')} saved.`,
					]),
		];
		if (sentences.length === 0) return `The sync policy "${policy}" has not been used in this time.`;
		return [`Traffic saved by the sync policy "${policy}":`, ...sentences].join(' ');
	},
	'zh-CN': (policy, total) => {
		const { events, share, bytes, savedRequests } = figuresOf(total, 'zh-CN');
		const shown = (value: number) => number(value, 'zh-CN');
		const { eventsKeptBack, fieldsKeptBack, reads, requests, fromCache, shared } = total;
		const sentences = [
			...(events === 0
				? []
				: [
						`${shown(events)} 个事件中有 ${shown(eventsKeptBack)} 个无需发送，共少发 ${shown(fieldsKeptBack)} 个字段、${bytes}（${share}）。`,
					]),
			...(reads === 0
				? []
				: [
						`按需读取 ${shown(reads)} 条记录，只发出 ${shown(requests)} 次请求：${shown(fromCache)} 条来自缓存，${shown(shared)} 条共用了他人的请求，节省 ${shown(savedRequests)} 次请求。`,
					]),
		];
		if (sentences.length === 0) return `同步策略“${policy}”在此期间尚未使用。`;
		return [`同步策略“${policy}”节省的流量：`, ...sentences].join('');
	},
};

function figuresOf(total: Traffic, language: SummaryLanguage) {
	const { eventsSent, eventsKeptBack, bytesSent, bytesKeptBack, reads, requests } = total;
	const allBytes = bytesSent + bytesKeptBack;
	const share = allBytes === 0 ? 0 : bytesKeptBack / allBytes;
	return {
		events: eventsSent + eventsKeptBack,
		share: new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(share),
		bytes: size(bytesKeptBack, language),
		// A record may take several requests while it changes all the time.
		savedRequests: Math.max(0, reads - requests),
	};
}

function number(value: number, language: SummaryLanguage): string {
	return new Intl.NumberFormat(language).format(value);
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

function size(bytes: number, language: SummaryLanguage): string {
	const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
	const amount = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(bytes / 1_000 ** power);
	return `${amount} ${units[power]}`;
}
