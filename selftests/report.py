#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
#
# What a page of tcpwatch report tells, read as a browser reads it, for report.sh:
#
#	report.py PAGE form              what is wrong with it, if anything
#	report.py PAGE states            "STATE number" a line
#	report.py PAGE rows CAPTION      a table's rows, tabs between the cells
#	report.py PAGE cards ID          a section's cards, a line each
#	report.py PAGE ages CLOSE_WAIT   where the histogram is not that of this file
#	report.py PAGE growth CLOSE_WAIT where the curves are not those of this file

import html.parser
import re
import sys

EMPTY = {'meta', 'br', 'rect', 'path'}		# as SVG they end by themselves
MS = {'s': 1000, 'min': 60000, 'h': 3600000, 'd': 86400000}


class Node:
	def __init__(self, tag, attributes, parent):
		self.tag, self.attributes, self.parent = tag, dict(attributes), parent
		self.children = []

	def all(self, tag=None, **attributes):
		for child in self.children:
			if isinstance(child, Node):
				if (not tag or child.tag == tag) and \
				   all(child.attributes.get(k.strip('_')) == v
				       for k, v in attributes.items()):
					yield child
				yield from child.all(tag, **attributes)

	def text(self):
		words = [c if isinstance(c, str) else c.text() for c in self.children]
		title = self.attributes.get('title')
		return ' '.join(' '.join(words + ([f'({title})'] if title else [])).split())


class Page(html.parser.HTMLParser):
	def __init__(self, path):
		super().__init__()
		self.root = self.node = Node('', [], None)
		self.wrong = []
		with open(path, encoding='utf-8') as file:
			self.feed(file.read())
		if self.node is not self.root:
			self.wrong.append(f'{self.node.tag} does not end')

	def handle_starttag(self, tag, attrs):
		node = Node(tag, attrs, self.node)
		self.node.children.append(node)
		if tag not in EMPTY:
			self.node = node

	def handle_startendtag(self, tag, attrs):
		self.node.children.append(Node(tag, attrs, self.node))

	def handle_endtag(self, tag):
		if self.node.tag != tag:
			self.wrong.append(f'</{tag}> ends {self.node.tag}')
		elif tag not in EMPTY:
			self.node = self.node.parent

	def handle_data(self, data):
		self.node.children.append(data)

	def section(self, name):
		found = self.root.all('section', **{'aria-labelledby': name + '0'})
		return next(found, Node('', [], None))


def form(page):
	yield from page.wrong
	ids = [n.attributes['id'] for n in page.root.all() if 'id' in n.attributes]
	for node in page.root.all():
		if node.tag in ('script', 'link', 'img', 'iframe', 'object', 'a', 'use'):
			yield f'there is a {node.tag}'
		for name, value in node.attributes.items():
			if name.startswith('on') or name in ('href', 'src', 'xlink:href'):
				yield f'{node.tag} has {name}'
			if name == 'aria-labelledby' and value not in ids:
				yield f'nothing is called {value}'
	if len(ids) != len(set(ids)):
		yield 'two have the same id'
	for style in page.root.all('style'):
		if re.search(r'url|@import|//', style.text()):
			yield 'the style wants something from elsewhere'
	policy = next(page.root.all('meta', **{'http-equiv': 'Content-Security-Policy'}), None)
	if not policy or "default-src 'none'" not in policy.attributes['content']:
		yield 'it may load something'
	levels = [int(n.tag[1]) for n in page.root.all() if re.fullmatch('h[1-6]', n.tag)]
	for before, after in zip([0] + levels, levels):
		if after > before + 1:
			yield f'h{after} follows h{before}'


def states(page):
	for item in page.section('states').all('li'):
		yield item.text()


def rows(page, caption):
	for table in page.root.all('table'):
		if next((c.text() for c in table.all('caption')), '') != caption:
			continue
		for row in next(table.all('tbody')).all('tr'):
			yield '\t'.join(c.text() for c in row.children
					if isinstance(c, Node))


def cards(page, name):
	for part in page.section(name).all('ul'):
		if 'cards' in part.attributes.get('class', ''):
			for card in part.children:
				if isinstance(card, Node):
					yield card.text()


def read_ages(path):
	with open(path, encoding='ascii') as file:
		at = next(file).split().index('wait_ms')
		return sorted((int(line.split()[at]) for line in file), reverse=True)


def bounds(name):
	numbers = [int(n) for n in re.findall(r'\d+', name)]
	units = [MS[u] for u in re.findall(r'[a-z]+', name) if u in MS]
	if name.startswith('below'):
		return 0, numbers[0] * units[0]
	if name.startswith('above'):
		return numbers[0] * units[0], float('inf')
	return numbers[0] * units[0], numbers[1] * units[-1]


def ages(page, path):
	waits = read_ages(path)
	total = 0
	for row in rows(page, 'How long the sockets have been in CLOSE_WAIT'):
		name, stuck, others = row.split('\t')[:3]
		least, most = bounds(name)
		there = sum(least <= wait < most for wait in waits)
		total += there
		if int(stuck) + int(others) != there:
			yield f'{name}: {stuck} and {others}, in the file {there}'
	if total != len(waits):
		yield f'{total} of {len(waits)}'


def curve(path):
	"""Where a line of steps is, point by point."""
	at = {}
	x = y = 0
	for letter, number in re.findall(r'([MHV])([\d ]+)', path):
		if letter == 'M':
			x, y = (int(n) for n in number.split())
		elif letter == 'V':
			y = int(number)
		else:
			for point in range(x, int(number)):
				at[point] = y
			x = int(number)
		at[x] = y
	return at


def growth(page, path):
	waits = read_ages(path)
	section = page.section('growth')
	charts = [n for n in section.all('div', class_='chart')]
	spans = [waits[0] + waits[0] // 50 + 1, 3600000, 600000, 60000]
	if not charts:
		yield 'there is no chart'
	for i, chart in enumerate(charts):
		numbers = [int(n.text()) for n in next(chart.all('div', class_='ys')).all('span')]
		line = next(n for n in chart.all('path') if n.attributes['class'] == 'line all')
		at = curve(line.attributes['d'])
		span = spans[0] if not i else next(s for s in spans[1:] if spans[0] // 4 >= s)
		if max(numbers) < len(waits):
			yield f'{len(waits)} do not fit below {max(numbers)}'
		if set(at) != set(range(1001)):
			yield f'it goes from {min(at)} to {max(at)}'
			continue
		came = [1000 - round(min(wait / span, 1) * 1000) for wait in waits]
		for x in range(1001):
			n = sum(c < x for c in came), sum(c <= x + 1 for c in came)
			least, most = (300 - round(c / max(numbers) * 300) for c in (n[1], n[0]))
			if not least - 1 <= at[x] <= most + 1:
				yield f'chart {i}: at {x} it is {at[x]}, and not {least} to {most}'
				break
		if at[1000] != 300 - round(len(waits) / max(numbers) * 300):
			yield f'chart {i} ends at {at[1000]}'


TELLERS = {'form': form, 'states': states, 'rows': rows, 'cards': cards, 'ages': ages,
	   'growth': growth}

for told in TELLERS[sys.argv[2]](Page(sys.argv[1]), *sys.argv[3:]):
	print(told)
