"""A presentation that LibreOffice and others can edit: title and notes as text, the figure as a picture. The same bytes on every re-run.

SPDX-License-Identifier: Apache-2.0
"""
from __future__ import annotations

import io
import zipfile

from odf.draw import Frame, Image, Page, PageThumbnail, TextBox
from odf.namespaces import PRESENTATIONNS, STYLENS
from odf.opendocument import OpenDocumentPresentation
from odf.presentation import Notes
from odf.style import DrawingPageProperties, GraphicProperties, MasterPage, PageLayout, PageLayoutProperties, ParagraphProperties, Style, TextProperties
from odf.text import P

from look import Look
from talk_canvas import Slide

WIDTH, HEIGHT = "12.8in", "7.2in"
NO_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip file knows


def presentation(pages: list[tuple[Slide, bytes]], look: Look) -> bytes:
    """A page a step: those of one slide have its title and notes."""
    document = OpenDocumentPresentation()
    master, title_style, page_style, note_style, frame_style = styles_in(document, look)
    for number, (slide, picture) in enumerate(pages, start=1):
        page = Page(name=f"{number:02} {slide.name}", masterpagename=master, stylename=page_style)
        document.presentation.addElement(page)
        image = Frame(stylename=frame_style, width=WIDTH, height=HEIGHT, x="0in", y="0in", layer="layout")
        image.addElement(Image(href=document.addPicture(f"Pictures/{number:03}.png", "image/png", picture)))
        page.addElement(image)
        page.addElement(text_frame(title_style, slide.title, "title", "0.3in", "0.2in", "12.2in", "1.2in"))
        notes = Notes()
        notes.addElement(PageThumbnail(width="6in", height="3.375in", x="1.25in", y="0.8in", pagenumber=str(number)))
        notes.addElement(text_frame(note_style, slide.notes, "notes", "0.8in", "4.6in", "6.9in", "5.6in"))
        page.addElement(notes)
    return without_dates(document)


def text_frame(style: Style, text: str, kind: str, x: str, y: str, width: str, height: str) -> Frame:
    frame = Frame(width=width, height=height, x=x, y=y, layer="layout")
    frame.setAttrNS(PRESENTATIONNS, "class", kind)
    frame.setAttrNS(PRESENTATIONNS, "style-name", style.getAttrNS(STYLENS, "name"))
    box = TextBox()
    for line in text.split("\n"):
        box.addElement(P(text=line))
    frame.addElement(box)
    return frame


def styles_in(document, look: Look):
    layout = PageLayout(name="Wide")
    layout.addElement(PageLayoutProperties(margin="0in", pagewidth=WIDTH, pageheight=HEIGHT, printorientation="landscape"))
    document.automaticstyles.addElement(layout)
    page = Style(name="Ground", family="drawing-page")
    page.addElement(DrawingPageProperties(fill="solid", fillcolor=look.color("ground"), backgroundvisible="true", backgroundobjectsvisible="true"))
    document.automaticstyles.addElement(page)
    master = MasterPage(name="Talk", pagelayoutname=layout, stylename=page)
    document.masterstyles.addElement(master)
    title, note = (Style(name=f"Talk-{kind}", family="presentation") for kind in ("title", "notes"))
    title.addElement(GraphicProperties(fill="none", stroke="none", textareaverticalalign="top", autogrowheight="false"))
    title.addElement(ParagraphProperties(textalign="start"))
    title.addElement(TextProperties(fontsize="24pt", fontweight="bold", fontfamily="DejaVu Sans", color=look.color("text")))
    note.addElement(GraphicProperties(fill="none", stroke="none"))
    note.addElement(TextProperties(fontsize="14pt", fontfamily="DejaVu Sans"))
    frame = Style(name="Picture", family="graphic")
    frame.addElement(GraphicProperties(fill="none", stroke="none"))
    for style in (title, note):
        document.styles.addElement(style)
    document.automaticstyles.addElement(frame)
    return master, title, page, note, frame


def without_dates(document) -> bytes:
    made, out = io.BytesIO(), io.BytesIO()
    document.write(made)
    with zipfile.ZipFile(made) as dated, zipfile.ZipFile(out, "w") as undated:
        for entry in dated.infolist():
            info = zipfile.ZipInfo(entry.filename, NO_DATE)
            info.compress_type, info.external_attr = entry.compress_type, entry.external_attr
            undated.writestr(info, dated.read(entry))
    return out.getvalue()
