package dataset

import (
	"archive/zip"
	"crypto/sha256"
	"fmt"
	"io"
	"path"
	"path/filepath"
)

// members takes files out of the source's archive, which is fetched if need be.
func (d *downloader) members(files []File) error {
	archive := d.source.Archive
	ok, err := archive.isAt(d.ctx, filepath.Join(d.dir, archive.Name))
	if err != nil {
		return d.stopped(archive.Name, err)
	}
	if !ok {
		if err := d.get(archive); err != nil {
			return err
		}
	}
	name := filepath.Join(d.dir, archive.Name)
	z, err := zip.OpenReader(name)
	if err != nil {
		return fmt.Errorf("dataset: %s: %s has the right checksum, but: %w", d.source.Name, name, err)
	}
	defer z.Close()
	for _, f := range files {
		if err := d.member(&z.Reader, name, f); err != nil {
			return d.stopped(f.Name, fmt.Errorf("taking it out of %s: %w", name, err))
		}
	}
	return nil
}

// member takes one file out of an archive. The archive has been verified, so its
// members are what the makers put there; that each is read without an error
// from the disk is verified by the archive's own checksum of it.
func (d *downloader) member(z *zip.Reader, archive string, f File) error {
	for _, m := range z.File {
		if path.Base(m.Name) != f.Name {
			continue
		}
		r, err := m.Open()
		if err != nil {
			return err
		}
		defer r.Close()
		c := f.sum()
		if c.algorithm == "" {
			c.new = sha256.New // two processes compare what they have got
		}
		p, err := newPart(d.ctx, d.dir, f.Name, c.new(), 0) // begins with nothing
		if err != nil {
			return err
		}
		err = d.extract(p, r, m, archive)
		if err == nil && c.algorithm != "" {
			err = c.check(p.hash)
		}
		if err != nil {
			p.discard() // half of it is of no use to anybody
			return err
		}
		return d.place(p, f.Name, archive)
	}
	return fmt.Errorf("it has no member %s", f.Name)
}

func (d *downloader) extract(p *part, r io.Reader, m *zip.File, archive string) error {
	buf := make([]byte, 256<<10)
	for {
		if err := d.ctx.Err(); err != nil {
			return err
		}
		n, err := r.Read(buf)
		if _, err := p.Write(buf[:n]); err != nil {
			return err
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		d.report(FetchProgress{File: path.Base(m.Name), URL: archive, Done: p.size, Total: int64(m.UncompressedSize64)})
	}
}
