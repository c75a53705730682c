package dataset

// Sources returns the MNIST family.
func Sources() []Source {
	return append([]Source{mnistSource(), fashionSource(), kmnistSource(), qmnistSource()}, emnistSources()...)
}

// The data below come from these places. The files at hand (MNIST, the label
// files of Fashion-MNIST and QMNIST) were hashed and agree.
//
//   - Names, MD5: torchvision/datasets/mnist.py.
//   - SHA-256, sizes: url_checksums of TensorFlow Datasets, dataset_infos.json
//     of the Hugging Face hub, Keras.
//   - Mirrors: the same loaders, and the makers' own pages. Only files with a
//     SHA-256 have mirrors that are reached by http.
//   - Classes: the README files of zalandoresearch/fashion-mnist and
//     rois-codh/kmnist; G. Cohen et al., EMNIST: an extension of MNIST to
//     handwritten letters, arXiv:1702.05373; torchvision for the 15 letters
//     whose cases are merged.
//   - Transposed images of EMNIST, first label of its letters: TensorFlow
//     Datasets, and the issues pytorch/vision#1716 and #2630.
//   - Columns of QMNIST: the README of facebookresearch/qmnist.
//
// Left out, because no second place confirmed them:
//
//   - the SHA-256 and the sizes of QMNIST's images,
//   - the checksums of most decompressed files,
//   - the checksums of EMNIST's files in the archive,
//   - mirrors of KMNIST and EMNIST other than the makers'.
//
// The mirror yann.lecun.com is left out because it refuses most requests. The
// number of images is left out because the places disagree about EMNIST.

func mnistSource() Source {
	mirrors := []string{
		"https://storage.googleapis.com/cvdf-datasets/mnist/",
		"https://ossci-datasets.s3.amazonaws.com/mnist/",
		"https://raw.githubusercontent.com/fgnt/mnist/master/",
	}
	return Source{
		Name:  "mnist",
		About: "handwritten digits, the classic",
		Page:  "http://yann.lecun.com/exdb/mnist/",
		Files: [4]File{
			{trainImages + ".gz", 9912422,
				"440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", "",
				"ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db", mirrors},
			{trainLabels + ".gz", 28881,
				"3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", "",
				"65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5", mirrors},
			{testImages + ".gz", 1648877,
				"8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", "",
				"0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7", mirrors},
			{testLabels + ".gz", 4542,
				"f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", "",
				"ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2", mirrors},
		},
		WriterTables: qmnistTables(), // row i is about MNIST's image i
		Classes:      characters("0123456789"),
	}
}

func fashionSource() Source {
	mirrors := []string{
		"https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
		"https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
		"http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
	}
	return Source{
		Name:  "fashion-mnist",
		About: "pictures of clothes",
		Page:  "https://github.com/zalandoresearch/fashion-mnist",
		Files: [4]File{
			{trainImages + ".gz", 26421880,
				"3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", "", "", mirrors},
			{trainLabels + ".gz", 29515,
				"a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", "",
				"bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9", mirrors},
			{testImages + ".gz", 4422102,
				"346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", "", "", mirrors},
			{testLabels + ".gz", 5148,
				"67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", "",
				"0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34", mirrors},
		},
		Classes: []string{
			"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
			"Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
		},
	}
}

func kmnistSource() Source {
	// smallvis has the first mirror, torchvision the second.
	mirrors := []string{
		"https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
		"http://codh.rois.ac.jp/kmnist/dataset/kmnist/",
	}
	return Source{
		Name:  "kmnist",
		About: "cursive Japanese characters from old books",
		Page:  "https://github.com/rois-codh/kmnist",
		Files: [4]File{
			{trainImages + ".gz", 18165135,
				"51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4", "", "", mirrors},
			{trainLabels + ".gz", 29497,
				"e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17", "", "", mirrors},
			{testImages + ".gz", 3041136,
				"edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5", "", "", mirrors},
			{testLabels + ".gz", 5120,
				"20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c", "", "", mirrors},
		},
		Classes: characters("おきすつなはまやれを"),
	}
}

// qmnistMirrors are https only, because the images have only an MD5.
func qmnistMirrors() []string {
	return []string{"https://raw.githubusercontent.com/facebookresearch/qmnist/master/"}
}

func qmnistTables() [2]File {
	mirrors := qmnistMirrors()
	return [2]File{
		{"qmnist-train-labels-idx2-int.gz", 463024,
			"2c05dc77f6b916b38e455e97ab129a42a444f3dbef09b278a366f82904e0dd9f", "", "", mirrors},
		{"qmnist-test-labels-idx2-int.gz", 526800,
			"9fbcbe594c3766fdf4f0b15c5165dc0d1e57ac604e01422608bb72c906030d06", "", "", mirrors},
	}
}

func qmnistSource() Source {
	tables, mirrors := qmnistTables(), qmnistMirrors()
	return Source{
		Name:  "qmnist",
		About: "MNIST rebuilt, with more test images and writer ids",
		Page:  "https://github.com/facebookresearch/qmnist",
		Files: [4]File{
			{Name: "qmnist-train-images-idx3-ubyte.gz", MD5: "ed72d4157d28c017586c42bc6afe6370", Mirrors: mirrors},
			tables[0],
			{Name: "qmnist-test-images-idx3-ubyte.gz", MD5: "1394631089c404de565df7b7aeaf9412", Mirrors: mirrors},
			tables[1],
		},
		Classes: characters("0123456789"),
	}
}

func emnistSources() []Source {
	const digits = "0123456789"
	const capitals, small = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
	// The small letters c i j k l m o p s u v w x y z look like their
	// capitals and share their classes.
	const merged = digits + capitals + "abdefghnqrt"
	var sources []Source
	for _, split := range []struct {
		name, about, classes string
		first                int
	}{
		{"byclass", "handwritten digits, capitals and small letters", digits + capitals + small, 0},
		{"bymerge", "byclass, but letters that look alike share a class", merged, 0},
		{"balanced", "bymerge, with as many images of each class", merged, 0},
		{"letters", "handwritten letters, capital or small", capitals, 1},
		{"digits", "handwritten digits, more than MNIST has", digits, 0},
		{"mnist", "handwritten digits, as many as MNIST has", digits, 0},
	} {
		name := "emnist-" + split.name
		s := Source{
			Name:    name,
			About:   split.about,
			Page:    "https://www.nist.gov/itl/products-and-services/emnist-dataset",
			Folder:  "emnist", // the splits share the archive
			Classes: characters(split.classes),
			First:   split.first, Transposed: true,
			Archive: File{
				Name: "gzip.zip", Size: 561753746,
				SHA256: "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
				// Loaders written before 2024 name
				// www.itl.nist.gov/iaui/vip. That address now
				// sends a web page.
				Mirrors: []string{"https://biometrics.nist.gov/cs_links/EMNIST/"},
			},
		}
		for i, ending := range []string{
			"-train-images-idx3-ubyte.gz", "-train-labels-idx1-ubyte.gz",
			"-test-images-idx3-ubyte.gz", "-test-labels-idx1-ubyte.gz",
		} {
			s.Files[i].Name = name + ending
		}
		sources = append(sources, s)
	}
	return sources
}

// characters returns one class name for each character.
func characters(s string) []string {
	var names []string
	for _, r := range s {
		names = append(names, string(r))
	}
	return names
}
