package download

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"path"
	"path/filepath"
)

// Extract takes members out of any folder of a zip archive and places them
// beside the archive. It fetches the archive first if it is missing.
func (d *Downloader) Extract(ctx context.Context, archive File, members []File) error {
	archivePath := filepath.Join(d.dir, archive.Name)
	ok, err := archive.isAt(ctx, archivePath)
	if err != nil {
		return fetching(archive, err)
	}
	if ok {
		RemoveParts(d.dir, archive.Name)
	} else if err := d.Fetch(ctx, archive); err != nil {
		return err
	}
	z, err := zip.OpenReader(archivePath)
	if err != nil {
		return fmt.Errorf("%s has the right checksum but cannot be opened: %w", archivePath, err)
	}
	defer z.Close()
	for _, f := range members {
		if err := d.extract(ctx, &z.Reader, archivePath, f); err != nil {
			return fetching(f, fmt.Errorf("taking it out of %s: %w", archivePath, err))
		}
	}
	return nil
}

// extract takes one file out of an archive. The archive is verified, so its
// members are authentic. The zip format has a checksum for each member, which
// finds errors of the disk.
func (d *Downloader) extract(ctx context.Context, z *zip.Reader, archivePath string, f File) error {
	for _, member := range z.File {
		if path.Base(member.Name) != f.Name || !member.Mode().IsRegular() {
			continue
		}
		r, err := member.Open()
		if err != nil {
			return err
		}
		defer r.Close()
		sum := f.checksum()
		newHash := sum.new
		if newHash == nil {
			newHash = sha256.New // place needs a hash
		}
		const limit = 0 // do not begin with the bytes of another part
		p, err := newPart(ctx, d.disk, d.dir, f.Name, newHash(), limit)
		if err != nil {
			return err
		}
		err = d.copyMember(ctx, p, r, Progress{File: f.Name, URL: archivePath, Total: int64(member.UncompressedSize64)})
		if err == nil && sum.algorithm != "" {
			err = sum.check(p.hash)
		}
		if err == nil {
			err = d.place(p, f.Name, archivePath)
		}
		if err != nil {
			p.discard()
		}
		return err
	}
	return fmt.Errorf("it has no member %s", f.Name)
}

// copyMember copies r to the part and reports its progress.
func (d *Downloader) copyMember(ctx context.Context, p *part, r io.Reader, progress Progress) error {
	buf := make([]byte, copyBufferSize)
	for {
		if err := ctx.Err(); err != nil {
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
		progress.Done = p.size
		d.report(progress)
	}
}
