#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
#
# plot.py SVG EVENTS out|in: does the picture show what the events say? Everything is worked
# out again from the events; the picture is read back. Prints what is wrong.

import re
import sys
import xml.etree.ElementTree as ET

NS = '{http://www.w3.org/2000/svg}'
SIZES = {'title': 20, 'dim': 15, 'text': 15, 'words': 14, 'tick': 14, 'name': 14, 'none': 20,
         'label': 130, 'letter': 130}


def say(text):
    print(text)


# ---- the events

class Segment:
    def __init__(self, words):
        value = dict(word.split('=', 1) for word in words[5:])
        self.time = int(words[0])
        self.way = value['dir']
        self.flags = value['flags']
        for name in ('seq', 'ack', 'len', 'wnd', 'una'):
            setattr(self, name, int(value[name]))
        self.rcv_nxt = int(value['rcv_nxt']) if value['rcv_nxt'] != '-' else 0
        self.end = self.seq + self.len
        self.sack = [tuple(int(edge) for edge in block.split('-'))
                     for block in value.get('sack', '').split(',') if block]
        self.dsack = bool(self.sack) and self.sack[0][1] <= self.ack

    def plain(self):
        return not set(self.flags) & set('SFR')


# The module tells of a window that closes or opens after the segment that says so came, and
# before it leaves: theirs is the time of that segment, between whose event and that there
# may be more than a moment.
def read_events(path, way):
    segments, turns, coming = [], {'zero_window': [], 'window_open': []}, []
    whose = 'in' if way == 'out' else 'out'
    last = None
    for line in open(path, encoding='ascii'):
        words = line.split()
        if words[2] == 'segment':
            segments.append(Segment(words))
            if segments[-1].way == whose:
                last = segments[-1].time
                for name in coming:
                    turns[name].append(last)
                coming = []
        elif words[2] in turns and 'dir=' + whose in words:
            if whose == 'out':
                coming.append(words[2])
            else:
                turns[words[2]].append(last)
    return segments, turns['zero_window'], turns['window_open']


def is_question(s):
    before = s.una if s.way == 'out' else s.rcv_nxt
    return s.plain() and not s.len and s.seq + 1 == before


# Sent for the first time, and sent again.
def sort_data(segments, way):
    new, again, top = [], [], 0
    for s in segments:
        if s.way != way or 'R' in s.flags:
            continue
        if s.len:
            (new if s.seq >= top else again).append(s)
        top = max(top, s.end)
    return new, again


# RFC 9293, 3.10.7.4, for the data of @way: what moves SND.UNA and SND.UNA + SND.WND, and
# whether that moves the latter back.
def edges(segments, way):
    una = edge = wnd = wl1 = before = None
    grain = 0
    for s in segments:
        if s.way == way or '.' not in s.flags or 'R' in s.flags:
            continue
        if una is not None and (s.ack < una or (s.ack == una and (
                s.seq < wl1 or (s.seq == wl1 and 0 < s.wnd < wnd)))):
            continue
        una, edge, wnd, wl1 = s.ack, s.ack + s.wnd, s.wnd, s.seq
        # What is rounded to the unit of the scaled window moves nothing back (RFC 7323, 2.4).
        grain |= s.wnd if 'S' not in s.flags else 0
        back = before is not None and grain and edge + (grain & -grain) <= before
        before = edge
        yield s.time, una, edge, back


# ---- the picture

class Picture:
    def __init__(self, path):
        self.root = ET.parse(path).getroot()
        self.plot = next((g for g in self.root.iter(NS + 'g') if g.get('id') == 'plot'), None)
        self.legend = {}
        for text in self.root.iter(NS + 'text'):
            if text.get('class') == 'words' and ': ' in text.text:
                name, _, count = text.text.rpartition(': ')
                self.legend[name] = count
        if self.plot is not None:
            number = lambda name: int(self.plot.get('data-' + name))
            self.width, self.height = number('width'), number('height')
            self.t0, self.t1 = number('t0'), number('t1')
            self.seq0, self.seq1 = number('seq0'), number('seq1')

    def x(self, time):
        return (time - self.t0) / (self.t1 - self.t0) * self.width

    def y(self, seq):
        return self.height - (seq - self.seq0) / (self.seq1 - self.seq0) * self.height

    def path(self, name):
        found = [p.get('d') for p in self.plot.iter(NS + 'path') if p.get('class') == name]
        return found[0] if found else ''

    def strokes(self, name):
        lines = {}
        for x, y, high in re.findall(r'M(\d+) (\d+)v(\d+)', self.path(name)):
            lines.setdefault(int(x), []).append((int(y), int(y) + int(high)))
        return lines

    # The last height in each column where there is a step.
    def stairs(self, name):
        steps, x = [], None
        for letter, a, b in re.findall(r'([MHV])(-?\d+)(?: (-?\d+))?', self.path(name)):
            if letter == 'M':
                x = int(a)
                steps.append((x, int(b)))
            elif letter == 'H':
                steps.append((int(a), steps[-1][1]))
            else:
                steps[-1] = (steps[-1][0], int(a))
        return steps

    def count(self, *names):
        return sum(int(self.legend.get(name, 0)) for name in names)


def expect(what, got, wanted):
    if got != wanted:
        say(f'{what}: {got} in the picture, {wanted} by the events')


def check_counts(picture, segments, way, closed):
    new, again = sort_data(segments, way)
    own = [s for s in segments if s.way == way]
    acks = [s for s in segments if s.way != way]
    expect('new data', picture.count('new data'), len(new))
    expect('data sent again', picture.count('lost, sent again', 'lost or overtaken',
                                            'sent again without need',
                                            'sent again, data or ACK lost'), len(again))
    expect('questions', picture.count('window probe', 'keepalive'),
           sum(is_question(s) for s in own))
    dsacks = sum(s.dsack for s in acks)
    expect('DSACKs', picture.count('DSACK: came twice'), dsacks)
    expect('SACKs', picture.count('SACK'), sum(len(s.sack) for s in acks) - dsacks)
    expect('SYN', picture.count('SYN'), sum('S' in s.flags for s in own))
    expect('FIN', picture.count('FIN'), sum('F' in s.flags for s in own))
    expect('RST', picture.count('RST'), sum('R' in s.flags for s in segments))
    expect('shrinkings', picture.count('right edge moved back'),
           sum(bool(edge[3]) for edge in edges(segments, way)))
    expect('closures', int(picture.legend.get('window closed', '0').split(',')[0]), len(closed))


def near(a, b, by=1.0):
    return abs(a - b) <= by


# Each segment is there, and nothing is there that is none.
def check_strokes(picture, what, names, segments):
    lines = {}
    for name in names:
        for x, runs in picture.strokes(name).items():
            lines.setdefault(x, []).extend(runs)
    for s in segments:
        top, bottom, x = picture.y(s.end), picture.y(s.seq), round(picture.x(s.time))
        if not any(run[0] <= top + 1 and run[1] >= bottom - 1
                   for at in (x - 1, x, x + 1) for run in lines.get(at, [])):
            say(f'{what}: {s.seq} to {s.end} at {s.time} is not drawn')
    ends = {}
    for s in segments:
        ends.setdefault(round(picture.x(s.time)), []).extend([s.seq, s.end])
    for x, runs in lines.items():
        known = [picture.y(seq) for at in (x - 1, x, x + 1) for seq in ends.get(at, [])]
        for edge in (edge for run in runs for edge in run):
            if not any(near(edge, y) for y in known):
                say(f'{what}: nothing begins or ends at {x},{edge}')


def check_data(picture, segments, way):
    new, again = sort_data(segments, way)
    check_strokes(picture, 'new data', ['new'], new)
    check_strokes(picture, 'data sent again', ['again', 'needless', 'unclear'], again)
    if way == 'in':
        return
    # Of what a DSACK names, the one sent last before it was needless.
    blamed = []
    for s in segments:
        if s.way == way or not s.dsack:
            continue
        left, right = s.sack[0]
        before = [r for r in again if r.time < s.time and r.seq < right and left < r.end]
        blamed += [r for r in before[-1:] if r.seq >= left and r.end <= right]
    needless = picture.strokes('needless')
    for s in blamed:
        x = round(picture.x(s.time))
        if not any(at in needless for at in (x - 1, x, x + 1)):
            say(f'{s.seq} to {s.end} at {s.time}: a DSACK says that it was needless')
    if not any(s.dsack for s in segments) and needless:
        say('without a DSACK something is drawn as needless')


def check_stairs(picture, segments, way):
    wanted = list(edges(segments, way))
    for name, which in (('left', 1), ('right', 2)):
        steps = picture.stairs(name)
        if bool(steps) != bool(wanted):
            say(f'the {name} edge is drawn: {bool(steps)}')
            continue
        if name == 'left' and any(a[1] < b[1] for a, b in zip(steps, steps[1:])):
            say('the ACK line goes down')
        for i, now in enumerate(wanted):
            x = picture.x(now[0])
            until = picture.x(wanted[i + 1][0]) if i + 1 < len(wanted) else picture.width
            if until - x < 3:
                continue
            y = max(picture.y(now[which]), -picture.height)
            got = [step[1] for step in steps if step[0] <= x + 1.5][-1]
            if not near(got, y, 1.5):
                say(f'the {name} edge at {now[0]} is {got}, should be {y:.1f}')


# As the module's own events have it. Several short ones may be drawn as one.
def check_closed(picture, closed, opened, last):
    drawn = [(int(r.get('x')), int(r.get('x')) + int(r.get('width')))
             for r in picture.plot.iter(NS + 'rect') if r.get('class') == 'closed']
    for begin in closed:
        end = next((time for time in opened if time > begin), last)
        a, b = picture.x(begin), picture.x(end)
        if not any((near(a, d[0], 2) and near(b, d[1], 8)) or
                   (d[0] - 2 <= a and b <= d[1] + 2 and d[1] - d[0] <= 41) for d in drawn):
            say(f'closed from {begin} to {end}: drawn is {drawn}')


# ---- its texts

# Boxes of all texts, with a narrow font's widths.
def boxes(element, dx=0.0, dy=0.0, scale=1.0):
    for child in element:
        x, y, times = dx, dy, scale
        moves = child.get('transform', '')
        if 'rotate' in moves or child.tag == NS + 'defs':
            continue
        for move, args in re.findall(r'(\w+)\(([^)]*)\)', moves):
            args = [float(arg) for arg in args.split()]
            if move == 'translate':
                x, y = x + args[0] * times, y + (args[1] if len(args) > 1 else 0) * times
            elif move == 'scale':
                times *= args[0]
        if child.tag == NS + 'text':
            classes = child.get('class').split()
            size = float(child.get('font-size', SIZES[classes[0]])) * times
            wide = len(child.text) * size * (0.56 if classes[0] == 'title' else 0.5)
            left = x + float(child.get('x')) * times
            if 'middle' in classes or classes[0] in ('label', 'letter'):
                left -= wide / 2
            elif 'end' in classes:
                left -= wide
            base = y + float(child.get('y')) * times
            yield left, base - 0.75 * size, left + wide, base, child.text
        yield from boxes(child, x, y, times)


def check_texts(picture):
    width, height = (float(n) for n in picture.root.get('viewBox').split()[2:])
    found = list(boxes(picture.root))
    for i, a in enumerate(found):
        if a[0] < 0 or a[1] < 0 or a[2] > width or a[3] > height:
            say(f"'{a[4]}' is not within the picture")
        for b in found[:i]:
            if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]:
                say(f"'{a[4]}' is on '{b[4]}'")


def main(svg, events, way):
    picture = Picture(svg)
    segments, closed, opened = read_events(events, way)
    check_texts(picture)
    if picture.plot is None:
        if segments:
            say('there is no plot')
        return
    check_counts(picture, segments, way, closed)
    check_data(picture, segments, way)
    check_stairs(picture, segments, way)
    check_closed(picture, closed, opened, max((s.time for s in segments), default=0))


main(*sys.argv[1:])
