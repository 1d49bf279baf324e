// The sandbox page. Everything shown is put in as text, never as markup.

const texts = {
	en: {
		title: 'Sandbox company',
		notice: 'Sandbox: a stand-in, not a real ERP/WMS',
		orders: 'Sales orders',
		reservation: 'Reservation and stock',
		search: 'Search orders or customers',
		newOrder: 'New order',
		offline: 'The sandbox does not answer. This page goes on by itself once it is back.',
		figureOrders: 'Orders',
		figureReservations: 'Reservations',
		figureLast: 'Last change',
		figureUsual: 'p50 / p95',
		figureEvents: 'Events',
		eventsLive: 'live',
		eventsAway: (waiting) => `broker away, ${waiting} waiting`,
		eventsOff: 'switched off',
		ms: 'ms',
		status: { draft: 'Draft', confirmed: 'Confirmed', done: 'Done', cancelled: 'Cancelled' },
		lineCount: (count) => (count === 1 ? '1 line' : `${count} lines`),
		noOrders: 'No order matches.',
		more: 'Show more',
		pickOrder: 'Choose an order to see it here.',
		confirm: 'Confirm',
		cancelOrder: 'Cancel order',
		version: (version) => `version ${version}`,
		item: 'Item',
		quantity: 'Quantity',
		unit: 'Unit',
		price: 'Price',
		units: { H87: 'piece', XCT: 'carton' },
		cartonOf: (pieces) => `carton of ${pieces}`,
		removeLine: 'Remove line',
		less: 'One less',
		moreOne: 'One more',
		addLine: 'Add line',
		chooseItem: 'Choose an item …',
		noLines: 'This order has no lines.',
		wrongQuantity: 'A quantity is a whole number, such as 12.',
		took: (version) => `from the commit in the ERP to the reservation in the WMS, version ${version}`,
		commit: 'ERP commit',
		reserved: 'WMS reservation',
		waiting: 'Waiting for the warehouse',
		waitingWhy: 'The change is on its way: event, workflow, reservation.',
		waitingLong: 'No answer yet. Is n8n running, and is the workflow active?',
		upToDate: 'Up to date',
		upToDateWhy: (version) => `The reservation answers version ${version} of the order.`,
		draftTitle: 'Nothing to reserve',
		draftWhy: 'A draft reserves nothing. Confirm the order to reserve stock.',
		sku: 'Warehouse item',
		held: 'Reserved',
		backOrder: 'Back order',
		available: 'Available',
		stockOf: (available, onHand) => `${available} of ${onHand}`,
		receive: 'Receive 10',
		issue: 'Take 10 away',
		nothingHeld: 'The warehouse holds nothing for this order.',
		facts: (reservation, time) =>
			`Answers version ${reservation.sequence} · revision ${reservation.revision} · changed ${time}`,
		event: 'The event that did it',
		eventWaiting: 'The event',
		createTitle: 'New order',
		customer: 'Customer',
		lines: 'Lines',
		confirmAtOnce: 'Confirm at once',
		create: 'Create order',
		close: 'Close',
		failed: (reason) => `Not done: ${reason}`,
		conflict: 'The order has changed in the meantime and was read again.',
	},
	'zh-CN': {
		title: '沙盒公司',
		notice: '沙盒：仅供演示，并非真实的 ERP/WMS',
		orders: '销售订单',
		reservation: '库存预留',
		search: '搜索订单或客户',
		newOrder: '新建订单',
		offline: '沙盒没有响应，恢复后本页面会自动继续。',
		figureOrders: '订单',
		figureReservations: '预留单',
		figureLast: '最近一次变更',
		figureUsual: 'p50 / p95',
		figureEvents: '事件',
		eventsLive: '实时',
		eventsAway: (waiting) => `消息代理断开，${waiting} 条待发`,
		eventsOff: '已关闭',
		ms: '毫秒',
		status: { draft: '草稿', confirmed: '已确认', done: '已完成', cancelled: '已取消' },
		lineCount: (count) => `${count} 行`,
		noOrders: '没有符合条件的订单。',
		more: '显示更多',
		pickOrder: '请选择一张订单。',
		confirm: '确认',
		cancelOrder: '取消订单',
		version: (version) => `版本 ${version}`,
		item: '物料',
		quantity: '数量',
		unit: '单位',
		price: '单价',
		units: { H87: '件', XCT: '箱' },
		cartonOf: (pieces) => `箱（${pieces} 件）`,
		removeLine: '删除行',
		less: '减一',
		moreOne: '加一',
		addLine: '添加行',
		chooseItem: '选择物料……',
		noLines: '该订单没有行。',
		wrongQuantity: '数量应为整数，例如 12。',
		took: (version) => `从 ERP 提交到 WMS 预留，订单版本 ${version}`,
		commit: 'ERP 提交',
		reserved: 'WMS 预留',
		waiting: '等待仓库响应',
		waitingWhy: '变更正在途中：事件、工作流、预留。',
		waitingLong: '尚无响应。n8n 是否在运行，工作流是否已激活？',
		upToDate: '已同步',
		upToDateWhy: (version) => `预留对应订单版本 ${version}。`,
		draftTitle: '无需预留',
		draftWhy: '草稿不占用库存，确认订单后才会预留。',
		sku: '仓库物料',
		held: '已预留',
		backOrder: '缺货待补',
		available: '可用',
		stockOf: (available, onHand) => `${available} / ${onHand}`,
		receive: '入库 10',
		issue: '出库 10',
		nothingHeld: '仓库没有为该订单预留库存。',
		facts: (reservation, time) =>
			`对应版本 ${reservation.sequence} · 修订 ${reservation.revision} · 变更于 ${time}`,
		event: '触发预留的事件',
		eventWaiting: '事件',
		createTitle: '新建订单',
		customer: '客户',
		lines: '订单行',
		confirmAtOnce: '立即确认',
		create: '创建订单',
		close: '关闭',
		failed: (reason) => `操作未完成：${reason}`,
		conflict: '订单已被修改，现已重新读取。',
	},
};

const longWaitMs = 5_000;
const element = (id) => document.getElementById(id);

const state = {
	language: initialLanguage(),
	/** order id -> { order, event, reservation, answer, stock } */
	views: new Map(),
	/** SKU -> stock level, as last heard */
	stock: new Map(),
	/** ids in the list, newest first */
	listed: [],
	more: false,
	search: '',
	selected: undefined,
	items: new Map(),
	itemByGtin: new Map(),
	itemBySku: new Map(),
	customers: [],
	figures: undefined,
	eventOpen: false,
};
const t = () => texts[state.language];

function initialLanguage() {
	const stored = localStorage.getItem('sandbox-language');
	if (stored in texts) return stored;
	return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** An element with properties and children; a child that is a string is text. */
function h(tag, properties = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (value === undefined || value === false) continue;
		if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
		else if (name === 'class') node.className = value;
		else if (name === 'value') node.value = value;
		else node.setAttribute(name, value === true ? '' : value);
	}
	node.append(...children.filter((child) => child !== undefined));
	return node;
}

function setText(node, text) {
	if (node.textContent !== text) node.textContent = text;
}

// Speaking with the sandbox

async function call(method, path, body) {
	const response = await fetch(path, {
		method,
		...(body === undefined
			? {}
			: { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
	});
	const answer = await response.json();
	if (!response.ok) {
		throw Object.assign(new Error(answer.error?.message ?? response.statusText), {
			code: answer.error?.code,
		});
	}
	return answer;
}

function toast(message) {
	const node = h('div', { class: 'toast' }, message);
	element('toasts').append(node);
	setTimeout(() => node.remove(), 6_000);
}

/** One change at a time an order, each on the version that the one before it made. */
const queues = new Map();
function change(id, makePatch) {
	const run = async () => {
		const { order } = state.views.get(id);
		const patch = makePatch(order);
		if (patch === undefined) return;
		try {
			const changed = await call('PATCH', `page/orders/${encodeURIComponent(id)}`, {
				version: order.version,
				patch,
			});
			const view = state.views.get(id);
			if (view.order.version < changed.version) receive([{ ...view, order: changed, answer: view.answer }]);
		} catch (error) {
			toast(error.code === 'version' ? t().conflict : t().failed(error.message));
			await loadOrders();
		}
	};
	const next = (queues.get(id) ?? Promise.resolve()).then(run);
	queues.set(id, next);
	return next;
}

async function loadCatalogue() {
	const { items, customers } = await call('GET', 'page/catalogue');
	state.customers = customers;
	state.items = new Map(items.map((item) => [item.code, item]));
	state.itemByGtin = new Map(items.map((item) => [item.gtin, item]));
	state.itemBySku = new Map(items.filter((item) => item.warehouse).map((item) => [item.warehouse.sku, item]));
}

let loading = 0;
async function loadOrders(after) {
	const mine = ++loading;
	const query = new URLSearchParams({ search: state.search });
	if (after !== undefined) query.set('after', after);
	const { views, more } = await call('GET', `page/orders?${query}`);
	if (mine !== loading) return;
	state.listed = after === undefined ? [] : state.listed;
	state.more = more;
	for (const view of views) {
		keep(view);
		if (!state.listed.includes(view.order.id)) state.listed.push(view.order.id);
	}
	if (state.selected === undefined) state.selected = state.listed[0];
	render();
}

function keep(view) {
	state.views.set(view.order.id, view);
	for (const level of view.stock) state.stock.set(level.sku, level);
}

/** Takes in what changed, whether the page asked for it or not. */
function receive(views) {
	const fresh = [];
	for (const view of views) {
		const { id } = view.order;
		const known = state.views.get(id);
		if (known && known.order.version > view.order.version) continue;
		if (!known && state.search === '') fresh.push(id);
		keep(view);
	}
	if (fresh.length > 0) {
		state.listed = [...new Set([...fresh, ...state.listed])].sort().reverse();
		if (state.listed.length > 200) {
			for (const id of state.listed.splice(200)) if (id !== state.selected) state.views.delete(id);
			state.more = true;
		}
	}
	state.selected ??= state.listed[0];
	render();
}

function listen() {
	const stream = new EventSource('page/stream');
	let wasLost = false;
	stream.onmessage = ({ data }) => {
		const { views, figures } = JSON.parse(data);
		state.figures = figures;
		if (wasLost) {
			wasLost = false;
			element('offline').hidden = true;
			loadCatalogue().then(() => loadOrders(), report);
		}
		receive(views);
	};
	stream.onerror = () => {
		wasLost = true;
		element('offline').hidden = false;
	};
}

function report(error) {
	toast(t().failed(error.message));
}

// Showing

function render() {
	renderFigures();
	renderList();
	renderEditor();
	renderWarehouse();
}

function milliseconds(value) {
	return value >= 1000 ? Math.round(value).toLocaleString(state.language) : value.toFixed(1);
}

function renderFigures() {
	const { figures } = state;
	if (!figures) return;
	const { latency, relay } = figures;
	const number = (value) => value.toLocaleString(state.language);
	const rows = [
		[t().figureOrders, number(figures.orders)],
		[t().figureReservations, number(figures.reservations)],
		[t().figureLast, latency ? `${milliseconds(latency.last)} ${t().ms}` : '–'],
		[
			t().figureUsual,
			latency ? `${milliseconds(latency.p50)} / ${milliseconds(latency.p95)} ${t().ms}` : '–',
		],
		relay === null
			? [t().figureEvents, t().eventsOff, 'away']
			: relay.connected
				? [t().figureEvents, t().eventsLive, 'live']
				: [t().figureEvents, t().eventsAway(relay.waiting), 'away'],
	];
	element('figures').replaceChildren(
		...rows.map(([name, value, kind]) =>
			h('div', {}, h('dt', {}, name), h('dd', { class: kind ?? '' }, value)),
		),
	);
}

const rows = new Map();

function renderList() {
	const list = element('list');
	const nodes = state.listed.map((id) => {
		const { order, reservation, answer } = state.views.get(id);
		let row = rows.get(id);
		if (!row) {
			row = h(
				'button',
				{ type: 'button', class: 'order', onclick: () => select(id) },
				h('span', { class: 'number' }),
				h('span', { class: 'customer' }),
				h('span', { class: 'count' }),
				h('span', { class: 'chip' }),
				h('span', { class: 'speed' }),
			);
			rows.set(id, row);
		}
		const [number, customer, count, chip, speed] = row.children;
		setText(number, order.number);
		number.title = order.number;
		setText(customer, order.customer.name);
		setText(count, t().lineCount(order.lines.length));
		setText(chip, t().status[order.status]);
		chip.className = `chip ${order.status}`;
		const measured = answer?.sequence === order.version;
		const behind = reservation !== null && reservation.sequence < order.version;
		setText(
			speed,
			measured
				? `${milliseconds(answer.milliseconds)} ${t().ms}`
				: behind
					? '…'
					: reservation === null
						? ''
						: '✓',
		);
		speed.className = measured ? 'speed measured' : 'speed';
		row.setAttribute('aria-current', String(id === state.selected));
		return row;
	});
	for (const id of rows.keys()) if (!state.views.has(id)) rows.delete(id);
	if (nodes.length === 0) nodes.push(h('p', { class: 'note' }, t().noOrders));
	if (state.more) nodes.push(moreButton());
	const same =
		nodes.length === list.children.length && nodes.every((node, index) => node === list.children[index]);
	if (!same) {
		const { scrollTop } = list;
		const focused = document.activeElement;
		list.replaceChildren(...nodes);
		list.scrollTop = scrollTop;
		if (nodes.includes(focused)) focused.focus({ preventScroll: true });
	}
}

let more;
function moreButton() {
	more ??= h('button', {
		type: 'button',
		class: 'more',
		onclick: () => loadOrders(state.listed.at(-1)).catch(report),
	});
	setText(more, t().more);
	return more;
}

function select(id) {
	state.selected = id;
	render();
}

function itemName(item, fallback) {
	return item?.names[state.language] ?? fallback;
}

function unitName(item, unit) {
	if (unit !== 'XCT') return t().units[unit] ?? unit;
	const pieces =
		item?.conversions.find((conversion) => conversion.unit === 'XCT')?.pieces ??
		item?.warehouse?.units.find((conversion) => conversion.unit === 'XCT')?.factor;
	return pieces === undefined ? t().units.XCT : t().cartonOf(pieces);
}

/** The editor is built anew when the order's make-up changes; otherwise only its values are brought up to date. */
let editor = { signature: undefined, update: () => undefined };

function renderEditor() {
	const view = state.views.get(state.selected);
	const order = view?.order;
	const signature = order
		? [state.language, order.id, order.status, ...order.lines.map((line) => line.id)].join('|')
		: `none|${state.language}`;
	if (signature !== editor.signature) editor = { ...buildEditor(order), signature };
	editor.update(order);
}

function buildEditor(order) {
	const root = element('editor');
	if (!order) {
		root.replaceChildren(h('p', { class: 'quiet' }, t().pickOrder));
		return { update: () => undefined };
	}
	const { id } = order;
	const open = order.status === 'draft' || order.status === 'confirmed';
	const version = h('span', { class: 'quiet' });
	const who = h('span', { class: 'who' });
	const head = h(
		'div',
		{ class: 'editor-head' },
		h('h3', {}, order.number),
		h('span', { class: `chip ${order.status}` }, t().status[order.status]),
		who,
		version,
		h(
			'span',
			{ class: 'actions' },
			order.status === 'draft'
				? h(
						'button',
						{ type: 'button', class: 'primary', onclick: () => change(id, () => ({ status: 'confirmed' })) },
						t().confirm,
					)
				: undefined,
			open
				? h(
						'button',
						{ type: 'button', class: 'danger', onclick: () => change(id, () => ({ status: 'cancelled' })) },
						t().cancelOrder,
					)
				: undefined,
		),
	);
	const quantities = new Map();
	const body = h('tbody');
	for (const line of order.lines) body.append(lineRow(id, line, open, quantities));
	const table = h(
		'table',
		{},
		h(
			'thead',
			{},
			h(
				'tr',
				{},
				h('th', {}, t().item),
				h('th', {}, t().quantity),
				h('th', {}, t().unit),
				h('th', { class: 'num hide-small' }, t().price),
				h('th'),
			),
		),
		body,
	);
	root.replaceChildren(
		head,
		order.lines.length === 0 ? h('p', { class: 'quiet' }, t().noLines) : table,
		...(open ? [addRow(id)] : []),
	);
	return {
		update: (now) => {
			setText(version, t().version(now.version));
			setText(who, now.customer.name);
			for (const { id: line, quantity } of now.lines) {
				const input = quantities.get(line);
				if (input && document.activeElement !== input && input.dataset.pending === undefined)
					input.value = quantity;
			}
		},
	};
}

function lineRow(order, line, open, quantities) {
	const item = state.items.get(line.item);
	const input = h('input', {
		value: line.quantity,
		inputmode: 'numeric',
		'aria-label': t().quantity,
		disabled: !open,
		onkeydown: (event) => {
			if (event.key === 'Enter') input.blur();
			if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
				event.preventDefault();
				step(event.key === 'ArrowUp' ? 1 : -1);
			}
		},
		onchange: () => set(),
	});
	quantities.set(line.id, input);
	const set = () => {
		if (!/^\d{1,9}$/.test(input.value.trim())) {
			toast(t().wrongQuantity);
			input.value = state.views.get(order).order.lines.find(({ id }) => id === line.id)?.quantity ?? '';
			return;
		}
		input.dataset.pending = '';
		change(order, (now) => {
			delete input.dataset.pending;
			const wanted = String(Number(input.value));
			const current = now.lines.find(({ id }) => id === line.id);
			return current && current.quantity !== wanted ? { quantities: { [line.id]: wanted } } : undefined;
		});
	};
	const step = (by) => {
		input.value = String(Math.max(0, Number(input.value) + by));
		set();
	};
	const remove = () =>
		change(order, (now) => ({
			lines: now.lines
				.filter(({ id }) => id !== line.id)
				.map(({ id, item: code, quantity, unit, price }) => ({ id, item: code, quantity, unit, price })),
		}));
	return h(
		'tr',
		{},
		h('td', {}, itemName(item, line.name), h('span', { class: 'code' }, line.item)),
		h(
			'td',
			{},
			h(
				'span',
				{ class: 'stepper' },
				h(
					'button',
					{ type: 'button', disabled: !open, 'aria-label': t().less, onclick: () => step(-1) },
					'−',
				),
				input,
				h(
					'button',
					{ type: 'button', disabled: !open, 'aria-label': t().moreOne, onclick: () => step(1) },
					'+',
				),
			),
		),
		h('td', {}, unitName(item, line.unit)),
		h('td', { class: 'num hide-small' }, line.price),
		h(
			'td',
			{ class: 'num' },
			open
				? h(
						'button',
						{
							type: 'button',
							class: 'icon',
							title: t().removeLine,
							'aria-label': t().removeLine,
							onclick: remove,
						},
						'×',
					)
				: '',
		),
	);
}

/** Item, quantity and unit of a line to be; the units follow the item. */
function lineInputs() {
	const unit = h('select', { 'aria-label': t().unit });
	const item = h(
		'select',
		{ 'aria-label': t().item, onchange: () => fillUnits() },
		h('option', { value: '' }, t().chooseItem),
		...[...state.items.values()].map((known) =>
			h('option', { value: known.code }, `${itemName(known, known.code)} · ${known.code}`),
		),
	);
	const quantity = h('input', { value: '1', inputmode: 'numeric', 'aria-label': t().quantity });
	const fillUnits = () => {
		const known = state.items.get(item.value);
		unit.replaceChildren(
			...(known?.salesUnits ?? ['H87']).map((code) => h('option', { value: code }, unitName(known, code))),
		);
	};
	fillUnits();
	const read = () => {
		if (item.value === '') return undefined;
		if (!/^\d{1,9}$/.test(quantity.value.trim())) {
			toast(t().wrongQuantity);
			return undefined;
		}
		return { item: item.value, quantity: String(Number(quantity.value)), unit: unit.value };
	};
	return { item, quantity, unit, read };
}

function addRow(order) {
	const inputs = lineInputs();
	const add = () => {
		const line = inputs.read();
		if (!line) return;
		change(order, (now) => ({
			lines: [
				...now.lines.map(({ id, item, quantity, unit, price }) => ({ id, item, quantity, unit, price })),
				line,
			],
		}));
	};
	return h(
		'div',
		{ class: 'add' },
		inputs.item,
		inputs.quantity,
		inputs.unit,
		h('button', { type: 'button', class: 'plain', onclick: add }, t().addLine),
	);
}

// The warehouse's side

let shownAnswer;
let longWait;
/** What the right side was built from, and how its stock figures are brought up to date. */
let built = { view: undefined, language: undefined, late: false, stockCells: new Map() };

function renderWarehouse() {
	const view = state.views.get(state.selected);
	const late = view !== undefined && Date.now() - Date.parse(view.order.changedAt) > longWaitMs;
	if (built.view !== view || built.language !== state.language || built.late !== late)
		buildWarehouse(view, late);
	for (const [sku, cell] of built.stockCells) {
		const level = state.stock.get(sku);
		setText(cell, level ? t().stockOf(level.available, level.onHand) : '');
	}
}

function buildWarehouse(view, late) {
	built = { view, language: state.language, late, stockCells: new Map() };
	setText(element('wms-subject'), view ? view.order.number : '');
	const root = element('warehouse');
	if (!view) {
		root.replaceChildren();
		return;
	}
	const { order, reservation, event } = view;
	const lines = reservation?.lines ?? [];
	const answered = reservation !== null && reservation.sequence >= order.version;
	const focused = document.activeElement?.dataset.key;
	const scrolled = root.querySelector('pre')?.scrollTop ?? 0;
	root.replaceChildren(
		measure(view, answered, late),
		lines.length > 0 ? holding(order, lines) : h('p', { class: 'empty' }, t().nothingHeld),
		h('p', { class: 'facts' }, reservation ? t().facts(reservation, clock(reservation.changedAt)) : ''),
		eventDetails(event, answered),
	);
	root.querySelector('pre').scrollTop = scrolled;
	if (focused !== undefined) root.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function clock(instant) {
	const date = new Date(instant);
	return `${date.toLocaleTimeString(state.language, { hour12: false })}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

function measure({ order, answer, reservation }, answered, late) {
	const way = h(
		'div',
		{ class: 'way', 'aria-hidden': 'true' },
		h('span', { class: 'from' }, t().commit),
		h('span', { class: 'track' }),
		h('span', { class: 'to' }, t().reserved),
	);
	if (answered && answer?.sequence === order.version) {
		const shown = `${order.id}@${answer.sequence}`;
		const isNew = shownAnswer !== undefined && shownAnswer !== shown;
		shownAnswer = shown;
		return h(
			'div',
			{ class: isNew ? 'measure flash' : 'measure', id: 'measure' },
			h('div', { class: 'figure' }, milliseconds(answer.milliseconds), h('small', {}, t().ms)),
			h('p', {}, t().took(answer.sequence)),
			way,
		);
	}
	shownAnswer = `${order.id}@`;
	if (answered) {
		return h(
			'div',
			{ class: 'measure' },
			h('div', { class: 'figure words' }, t().upToDate),
			h('p', {}, t().upToDateWhy(reservation.sequence)),
			way,
		);
	}
	if (order.status === 'draft' && reservation === null) {
		return h(
			'div',
			{ class: 'measure' },
			h('div', { class: 'figure words' }, t().draftTitle),
			h('p', {}, t().draftWhy),
		);
	}
	clearTimeout(longWait);
	if (!late) longWait = setTimeout(renderWarehouse, longWaitMs + 100);
	return h(
		'div',
		{ class: 'measure waiting' },
		h('div', { class: 'figure words' }, t().waiting),
		h('p', {}, late ? t().waitingLong : t().waitingWhy),
		way,
	);
}

function holding(order, lines) {
	return h(
		'table',
		{ class: 'holding' },
		h(
			'thead',
			{},
			h(
				'tr',
				{},
				h('th', {}, t().sku),
				h('th', {}, t().held),
				h('th', {}, t().backOrder),
				h('th', { class: 'num' }, t().available),
			),
		),
		h(
			'tbody',
			{},
			...lines.map((line) => {
				const item = state.itemBySku.get(line.sku);
				const level = h('span');
				built.stockCells.set(line.sku, level);
				return h(
					'tr',
					{},
					h(
						'td',
						{},
						itemName(item, ''),
						h(
							'span',
							{ class: 'code' },
							line.sku,
							item ? h('span', { class: 'origin' }, ` ← ${item.code}`) : '',
						),
					),
					h(
						'td',
						{},
						h('span', { class: 'share' }, bar(line), h('span', {}, `${line.reserved} / ${line.requested}`)),
					),
					h('td', {}, line.backOrder === '0' ? '–' : h('span', { class: 'back' }, line.backOrder)),
					h(
						'td',
						{ class: 'num' },
						level,
						h(
							'span',
							{ class: 'stock-buttons' },
							stockButton(order.id, line.sku, '10', '+10', t().receive),
							stockButton(order.id, line.sku, '-10', '−10', t().issue),
						),
					),
				);
			}),
		),
	);
}

function stockButton(order, sku, delta, label, title) {
	return h(
		'button',
		{
			type: 'button',
			title,
			'data-key': `${sku} ${delta}`,
			'aria-label': title,
			onclick: () => call('POST', 'page/stock', { order, sku, delta }).catch(report),
		},
		label,
	);
}

/** The share that is reserved. Drawn with an attribute, since the page's policy allows no inline style. */
function bar({ reserved, requested }) {
	const namespace = 'http://www.w3.org/2000/svg';
	const share = Number(requested) === 0 ? 0 : (100 * Number(reserved)) / Number(requested);
	const svg = document.createElementNS(namespace, 'svg');
	svg.setAttribute('viewBox', '0 0 100 8');
	svg.setAttribute('preserveAspectRatio', 'none');
	const rect = document.createElementNS(namespace, 'rect');
	rect.setAttribute('width', String(share));
	rect.setAttribute('height', '8');
	svg.append(rect);
	return h('span', { class: 'bar', 'aria-hidden': 'true' }, svg);
}

function eventDetails(event, answered) {
	const details = h(
		'details',
		{ open: state.eventOpen },
		h('summary', {}, answered ? t().event : t().eventWaiting, h('span', { class: 'type' }, event.id)),
		h('pre', {}, ...coloured(JSON.stringify(event, null, 2))),
	);
	details.addEventListener('toggle', () => {
		state.eventOpen = details.open;
	});
	return details;
}

function coloured(json) {
	const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?/g;
	const nodes = [];
	let end = 0;
	for (const match of json.matchAll(token)) {
		const [text, string, colon] = match;
		nodes.push(json.slice(end, match.index));
		const kind = string === undefined ? 'literal' : colon === undefined ? 'string' : 'key';
		nodes.push(h('span', { class: kind }, string ?? text), colon ?? '');
		end = match.index + text.length;
	}
	nodes.push(json.slice(end));
	return nodes;
}

// A new order

function openDialog() {
	const dialog = element('dialog');
	const customer = h(
		'select',
		{ class: 'wide', id: 'new-customer' },
		...state.customers.map(({ code, name }) => h('option', { value: code }, `${name} · ${code}`)),
	);
	const lines = [];
	const list = h('div');
	const addLine = () => {
		const inputs = lineInputs();
		const remove = () => {
			lines.splice(lines.indexOf(inputs), 1);
			row.remove();
		};
		const row = h(
			'div',
			{ class: 'line' },
			inputs.item,
			inputs.quantity,
			inputs.unit,
			h('button', { type: 'button', class: 'icon', 'aria-label': t().removeLine, onclick: remove }, '×'),
		);
		lines.push(inputs);
		list.append(row);
	};
	addLine();
	const confirmed = h('input', { type: 'checkbox', checked: true, id: 'new-confirmed' });
	const create = async () => {
		const wanted = lines.map((inputs) => inputs.read()).filter((line) => line !== undefined);
		if (wanted.length === 0) {
			lines[0]?.item.focus();
			return;
		}
		try {
			const order = await call('POST', 'page/orders', {
				status: confirmed.checked ? 'confirmed' : 'draft',
				customer: state.customers.find(({ code }) => code === customer.value),
				lines: wanted,
			});
			state.selected = order.id;
			dialog.close();
			element('list').scrollTop = 0;
			render();
		} catch (error) {
			report(error);
		}
	};
	dialog.replaceChildren(
		h('h3', { id: 'dialog-title' }, t().createTitle),
		h('label', { for: 'new-customer' }, t().customer),
		customer,
		h('label', {}, t().lines),
		list,
		h('button', { type: 'button', class: 'plain', onclick: addLine }, t().addLine),
		h(
			'div',
			{ class: 'foot' },
			h('label', { class: 'check', for: 'new-confirmed' }, confirmed, t().confirmAtOnce),
			h('button', { type: 'button', class: 'plain', onclick: () => dialog.close() }, t().close),
			h('button', { type: 'button', class: 'primary', onclick: create }, t().create),
		),
	);
	dialog.showModal();
}

// Language and start

function setLanguage(language) {
	state.language = language;
	localStorage.setItem('sandbox-language', language);
	document.documentElement.lang = language;
	document.title = t().title;
	for (const node of document.querySelectorAll('[data-text]')) setText(node, t()[node.dataset.text]);
	for (const node of document.querySelectorAll('[data-placeholder]')) {
		node.placeholder = t()[node.dataset.placeholder];
		node.setAttribute('aria-label', node.placeholder);
	}
	for (const button of document.querySelectorAll('[data-language]')) {
		button.setAttribute('aria-pressed', String(button.dataset.language === language));
	}
	render();
}

for (const button of document.querySelectorAll('[data-language]')) {
	button.addEventListener('click', () => setLanguage(button.dataset.language));
}
element('new-order').addEventListener('click', openDialog);
let typing;
element('search').addEventListener('input', ({ target }) => {
	clearTimeout(typing);
	typing = setTimeout(() => {
		state.search = target.value.trim();
		loadOrders().catch(report);
	}, 150);
});
setLanguage(state.language);
loadCatalogue()
	.then(() => loadOrders())
	.then(listen, report);
