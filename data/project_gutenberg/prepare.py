"""
Project Gutenberg's books on sports, in the public domain in the USA: chapters of at most 2,000 words, under title and year.

$ python prepare.py project_gutenberg [--from DIR]

Upstream is one plain text a book, hard-wrapped. What is Gutenberg's own stands before "*** START OF" (old ones: before the second
*END* of THE SMALL PRINT) and after "*** END OF" or "End of". An empty line ends a paragraph, two or more a section, four or five a
chapter. Lines are joined where they were wrapped: where the first word of the next would not have fitted; what breaks earlier is
verse or a list, what has columns a table or a box score, and both stay as they are. Title pages, contents, indexes, pictures,
publishers' catalogues and advertisements ([Advertisement], or prices all over) are left out; _italics_ and [12] lose their marks.
"""
import math
import os
import re
import sys

# id: year of this edition, sport, title, author
BOOKS = {
    1451: (1921, "tennis", "The Art of Lawn Tennis", "William T. Tilden"),
    9477: (1889, "baseball", "Spalding's Baseball Guide and Official League Book for 1889", "Henry Chadwick"),
    9916: (1895, "baseball", "Spalding's Baseball Guide and Official League Book for 1895", "Henry Chadwick"),
    10028: (1913, "baseball", "Spalding's Official Baseball Guide for 1913", "John B. Foster"),
    10961: (1910, "tennis", "Lawn Tennis for Ladies", "Mrs Lambert Chambers"),
    18048: (1916, "american_football", "Football Days", "William H. Edwards"),
    19652: (1900, "baseball", "A Ball Player's Career", "Adrian C. Anson"),
    19975: (1888, "baseball", "Base-Ball: How to Become a Player", "John Montgomery Ward"),
    28028: (1890, "soccer", "Scottish Football Reminiscences and Sketches", "David Drummond Bone"),
    28107: (1905, "golf", "The Complete Golfer", "Harry Vardon"),
    33120: (1921, "american_football", "The Forward Pass in Football", "Elmer Berry"),
    33291: (1912, "baseball", "Pitching in a Pinch", "Christy Mathewson"),
    34950: (1898, "other", "Rowing", "Rudolf Chambers Lehmann"),
    37136: (1914, "golf", "The Happy Golfer", "Henry Leach"),
    37394: (1919, "golf", "Fifty Years of Golf", "Horace G. Hutchinson"),
    37562: (1893, "combat", "Wrestling and Wrestlers", "Jacob Robinson and Sidney Gilpin"),
    39743: (1891, "american_football", "American Football", "Walter Camp"),
    41149: (1912, "golf", "The Soul of Golf", "P. A. Vaile"),
    42348: (1907, "golf", "The Spirit of the Links", "Henry Leach"),
    44623: (1910, "golf", "The Golf Courses of the British Isles", "Bernard Darwin"),
    52022: (1851, "cricket", "The Cricket Field", "James Pycroft"),
    52684: (1898, "cricket", "Cricket", "A. G. Steel and R. H. Lyttelton"),
    57329: (1922, "combat", "Knuckles and Gloves", "Bohun Lynch"),
    58702: (1903, "cricket", "The Cricket of Abel, Hirst, and Shrewsbury", "E. F. Benson and Eustace H. Miles"),
    59465: (1906, "combat", "Pugilistica: The History of British Boxing, volume 1", "Henry Downes Miles"),
    61649: (1906, "combat", "Pugilistica: The History of British Boxing, volume 2", "Henry Downes Miles"),
    64111: (1906, "combat", "Pugilistica: The History of British Boxing, volume 3", "Henry Downes Miles"),
    59952: (1910, "olympics", "Greek Athletic Sports and Festivals", "E. Norman Gardiner"),
    65319: (1920, "golf", "Golf Architecture", "Alexander Mackenzie"),
    65554: (1925, "olympics", "Greek Athletics", "F. A. Wright"),
    75586: (1928, "baseball", "Babe Ruth's Own Book of Baseball", "Babe Ruth")}
FILES = {f"{book}.txt": f"https://www.gutenberg.org/cache/epub/{book}/pg{book}.txt" for book in BOOKS}
FROM = ["prose/gutenberg_sports"]
LONGEST = 2000  # words of a document

OURS = re.compile(r"\*\*\* ?START OF TH(E|IS) PROJECT GUTENBERG.*?\*\*\*|\*END\*? ?THE SMALL PRINT.*?\*END\*", re.S | re.I)
THEIRS = re.compile(r"\*\*\* ?END OF TH(E|IS) PROJECT GUTENBERG|^End of (the )?Project Gutenberg", re.M | re.I)
MARKS = [(re.compile(pattern, re.S | re.M), by) for pattern, by in [
    (r"\n*\[(Ill+ustration|Transcriber|Blank Page|Title page|Frontispiece)[^\]]*\]", "\n"), (r"\{((?:PLATE|Fig)[^}]*)\}", r"\1"),
    (r"\[(Pg|Page) ?\d+\]", ""), (r"\n*^[ \t]*(\*[ \t]*){3,}$", "\n"),
    (r"(?<![\w_])_((?:[^_\n]|\n(?!\n))+)_(?![\w_])", r"\1"), (r"[#~]([^#~]+)[#~]", r"\1"), (r"(?<!\S)=([^=\n]+)=(?!\S)", r"\1")]]
LEFT_OUT = re.compile(r"\W*(the )?(table of )?(contents|index.*|(full-page )?illustrations( in( the)? text)?|list of (illustrations|plates|diagrams)"
                      r"|transcriber.{0,12}|errata|by the same author|books by .*|produced by.*|(e-?text|credit).*)\W*$", re.I | re.S)
CHAPTER = re.compile(r"(CHAPTER|Chapter|PART|BOOK|ROUND|INTRODUCTION|PREFACE|APPENDIX)\b")
SOLD = re.compile(r"\b8vo\b|\bnet[.;,]|\bby post\b|\$ ?\d+\.\d\d|\bcloth\b|\bprices?[,.]? |\bcatalogue\b|\bper (doz|pair|bottle)|\bmailed\b"
                  r"|\bpostage\b|\bpost free|\bwholesale\b|\bmanufactur|\bsole (agent|proprietor)|\bpatronised\b|\d+s\. ?\d+½?d\.", re.I)


def joined(block, width):
    """A paragraph of the text: wrapped lines in one, tables and verse line by line. (text, whether it is prose)"""
    lines = [line.rstrip() for line in block.split("\n")]
    wide = sum(bool(re.search(r"\S {3,}\S|[^.] {2,}\S|-{4,}|\. \. \.|\.{4}|\t", line.strip())) for line in lines)
    if len(lines) > 1 and wide < .3 * len(lines):
        full = [len(line) + 1 + len(after.split()[0]) > width - 6 for line, after in zip(lines, lines[1:])]
        if sum(full) >= .75 * len(full) or len(full) > 2 and sum(map(len, lines[:-1])) > .85 * width * len(full):
            text = re.sub(r"(?<=\w-)\n *(?=\w)|\n *(?=--)|(?<=--)\n *", "", "\n".join(lines))
            lines, wide = [re.sub(r"\s+", " ", text).strip()], 0
    if len(lines) == 1 and not wide:
        text = re.sub(r" ?\[(\d+|[A-Z]|\*)\]", "", lines[0].strip())
        return re.sub(r"(?<!-)-{2,3}(?!-)", "—", re.sub(r"  +", " ", text)).strip(), len(text.split()) > 12
    margin = min(len(line) - len(line.lstrip()) for line in lines)
    return "\n".join(line[margin:] for line in lines), False


def sections(text):
    """(empty lines before it, paragraphs, words of the longest paragraph) of each part between two or more empty lines"""
    for pattern, by in MARKS:
        text = pattern.sub(by, text)
    lengths = sorted(len(line) for line in text.split("\n") if line.strip())
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    cut = ["", *re.split(r"(\n{3,})", re.sub(r"\n[ \t]+(?=\n)", "\n", text))]
    for gap, part in zip(cut[::2], cut[1::2]):
        told = [joined(block, width) for block in part.split("\n\n") if block.strip()]
        yield len(gap) - 1, [paragraph for paragraph, _ in told if paragraph], max((len(p.split()) for p, prose in told if prose), default=0)


def chapters(text):
    """Lists of paragraphs: what a reader of the book would read. What is too short for one goes to the one before, headings to the next."""
    text = text.replace("\r\n", "\n")
    start, end = OURS.search(text), THEIRS.search(text)
    text = text[start.end() if start else 0:end.start() if end else len(text)]
    last, chapter, held, skipping, selling, place = [], [], [], True, False, 0  # skipping: until there is prose again
    for gap, paragraphs, longest in sections(text):
        part = "\n\n".join(paragraphs)
        place += len(part)
        if re.match(r"INDEX\W*(\n|$)", part) and place > .6 * len(text):
            break
        hits, words = len(SOLD.findall(part)), len(part.split())
        selling = part.startswith("[Advertisement") or selling and gap < 4
        if selling or hits > 1 + words / 60 or hits and words < 40 or hits > 1 and not chapter:
            if hits > 1 + words / 60 and place > .85 * len(text):  # the publisher's catalogue
                break
            continue
        if not part or LEFT_OUT.match(paragraphs[0]):
            skipping, held = skipping or bool(part), []
        elif skipping and (longest < 40 or re.search(r" {3}(\d+|[ivxl]+)$", part, re.M)):
            held = [*held[-3:], part] if words <= 12 and not re.search(r"\d$", part) else []
        else:
            heads, skipping = held if skipping else [], False
            if gap >= 4 and not part.startswith("FOOTNOTE") or any(map(CHAPTER.match, [*heads, part])):
                size = sum(len(p.split()) for p in chapter)
                if size >= 150 or not last and size > 25:
                    if last:
                        yield last
                    last, chapter = chapter, []
                elif size > 25:
                    last, chapter = last + chapter, []
            chapter, held = chapter + heads + paragraphs, []
    yield from filter(None, [last, chapter])


def documents(upstream, seed):
    """Yield {"text", "sport", "url", "date"}: each chapter, in equal parts where it is too long."""
    n = 0
    for name, f in upstream.files("*.txt"):
        book = re.search(r"(?:^|/)(?:pg)?(\d+)(?:-\w+)?\.txt$", name)
        if book and int(book[1]) in BOOKS:
            year, sport, title, author = BOOKS[int(book[1])]
            for chapter in chapters(f.read()):
                for part in parts(chapter):
                    n += 1
                    yield {"text": f"{title}, by {author} ({year})\n\n" + "\n\n".join(part), "sport": sport,
                           "url": f"https://www.gutenberg.org/ebooks/{book[1]}", "date": str(year)}
    if not n:
        raise ValueError("no book of data/project_gutenberg/prepare.py's list is here: files are called 1451.txt, pg1451.txt or 1451-0.txt")


def parts(chapter):
    """Equal parts of at most LONGEST words, cut between paragraphs and not after a heading"""
    chapter = [piece for p in chapter for piece in ([p] if len(p.split()) < LONGEST // 2 else halves(p))]
    sizes = [len(p.split()) for p in chapter]
    share = sum(sizes) / math.ceil(sum(sizes) / LONGEST)
    part, size = [], 0
    for paragraph, words in zip(chapter, sizes):
        if part and (size + words > LONGEST or size + words / 2 > share):
            n = len(part)
            while n > 1 and len(part[n - 1].split()) < 12 and not re.search(r"[a-z][.!?:;\"”’)]*$", part[n - 1]):
                n -= 1
            yield part[:n]
            part = part[n:]
            size = sum(len(p.split()) for p in part)
        part, size = [*part, paragraph], size + words
    if size >= 20:
        yield part


def halves(paragraph):
    """A paragraph of very many words cut between its sentences, a table between its lines"""
    piece, between = [], "\n" if "\n" in paragraph else " "
    for cut in re.split(r"\n" if between == "\n" else r"(?<=[.!?]) ", paragraph):
        piece.append(cut)
        if sum(len(line.split()) for line in piece) > LONGEST // 3:
            yield between.join(piece)
            piece = []
    if piece:
        yield between.join(piece)


if __name__ == "__main__":
    import runpy  # `import prepare` would find this file, not the root's
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.path[0], sys.argv = root, [os.path.join(root, "prepare.py"), os.path.basename(os.path.dirname(os.path.abspath(__file__))), *sys.argv[1:]]
    runpy.run_path(sys.argv[0], run_name="__main__")
