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
		return [
			`Traffic saved by the sync policy "${policy}":`,
			`${number(total.eventsKeptBack, 'en')} of ${number(events, 'en')} events and ${bytes} (${share}) were not sent, with ${number(total.fieldsKeptBack, 'en')} fields.`,
			`${number(total.reads, 'en')} records read on demand took ${number(total.requests, 'en')} requests: ${number(total.fromCache, 'en')} came from the cache, ${number(total.shared, 'en')} shared a request; ${number(savedRequests, 'en')} requests were saved.`,
		].join(' ');
	},
	'zh-CN': (policy, total) => {
		const { events, share, bytes, savedRequests } = figuresOf(total, 'zh-CN');
		return [
			`同步策略“${policy}”节省的流量：`,
			`${number(events, 'zh-CN')} 个事件中有 ${number(total.eventsKeptBack, 'zh-CN')} 个无需发送，共少发 ${number(total.fieldsKeptBack, 'zh-CN')} 个字段、${bytes}（${share}）。`,
			`按需读取 ${number(total.reads, 'zh-CN')} 条记录，只发出 ${number(total.requests, 'zh-CN')} 次请求：${number(total.fromCache, 'zh-CN')} 条来自缓存，${number(total.shared, 'zh-CN')} 条共用了请求，节省 ${number(savedRequests, 'zh-CN')} 次请求。`,
		].join('');
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
