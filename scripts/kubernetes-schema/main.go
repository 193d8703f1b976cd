// Command kubernetes-schema prints, as JSON, the wire facts of Kubernetes' built-in kinds: for each type its fields'
// JSON names, protobuf numbers, types and strategic-merge keys, read from the struct tags of k8s.io/api by reflection.
//
//	cd scripts/kubernetes-schema && go run . > ../../server/embedded/apiserver/schema/kinds.json
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strconv"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
)

// Field is one field of a type. Type is a scalar (string, int32, int64, float64, bool, bytes), a special
// (time, microtime, quantity, intOrString, raw, fieldsV1, json), or the name of another type in Types.
type Field struct {
	Name     string `json:"n"`
	Number   int    `json:"i,omitempty"`
	Type     string `json:"t"`
	List     bool   `json:"l,omitempty"`
	Map      bool   `json:"m,omitempty"`
	Inline   bool   `json:"inline,omitempty"`
	Strategy string `json:"s,omitempty"`
	MergeKey string `json:"k,omitempty"`
	Pointer  bool   `json:"p,omitempty"`
	OmitZero bool   `json:"o,omitempty"`
}

type Kind struct {
	Group   string `json:"group"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
	Type    string `json:"type"`
}

var groups = map[string]bool{
	"/v1": true, "apps/v1": true, "batch/v1": true, "rbac.authorization.k8s.io/v1": true, "networking.k8s.io/v1": true,
	"policy/v1": true, "autoscaling/v1": true, "autoscaling/v2": true, "discovery.k8s.io/v1": true, "events.k8s.io/v1": true,
	"coordination.k8s.io/v1": true, "storage.k8s.io/v1": true, "admissionregistration.k8s.io/v1": true,
	"apiextensions.k8s.io/v1": true, "authentication.k8s.io/v1": true, "authorization.k8s.io/v1": true,
	"scheduling.k8s.io/v1": true, "certificates.k8s.io/v1": true, "node.k8s.io/v1": true,
}

var types = map[string][]Field{}

var special = map[reflect.Type]string{
	reflect.TypeOf(metav1.Time{}): "time", reflect.TypeOf(metav1.MicroTime{}): "microtime", reflect.TypeOf(resource.Quantity{}): "quantity",
	reflect.TypeOf(intstr.IntOrString{}): "intOrString", reflect.TypeOf(runtime.RawExtension{}): "raw", reflect.TypeOf(metav1.FieldsV1{}): "fieldsV1",
	reflect.TypeOf(apiextensions.JSON{}): "json", reflect.TypeOf(metav1.Duration{}): "duration",
	reflect.TypeOf(apiextensions.JSONSchemaProps{}): "json",
}

func name(t reflect.Type) string {
	p := strings.Split(t.PkgPath(), "/")
	if len(p) < 2 {
		return t.Name()
	}
	return p[len(p)-2] + "." + p[len(p)-1] + "." + t.Name()
}

func describe(t reflect.Type) string {
	if s, ok := special[t]; ok {
		return s
	}
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Int32:
		return "int32"
	case reflect.Int64, reflect.Int:
		return "int64"
	case reflect.Uint8:
		return "int32"
	case reflect.Float64:
		return "float64"
	case reflect.Bool:
		return "bool"
	case reflect.Struct:
		n := name(t)
		if _, ok := types[n]; ok {
			return n
		}
		types[n] = []Field{}
		fields := []Field{}
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			tag := strings.Split(f.Tag.Get("json"), ",")
			if f.Tag.Get("json") == "-" || f.Name == "TypeMeta" || !f.IsExported() {
				continue
			}
			out := Field{Name: tag[0]}
			for _, o := range tag[1:] {
				if o == "inline" {
					out.Inline = true
					if out.Name == "" {
						out.Name = strings.ToLower(f.Name[:1]) + f.Name[1:]
					}
				}
				if o == "omitempty" {
					out.OmitZero = true
				}
			}
			if pb := strings.Split(f.Tag.Get("protobuf"), ","); len(pb) > 1 {
				out.Number, _ = strconv.Atoi(pb[1])
			}
			out.Strategy = f.Tag.Get("patchStrategy")
			out.MergeKey = f.Tag.Get("patchMergeKey")
			ft := f.Type
			if ft.Kind() == reflect.Pointer {
				out.Pointer = true
				ft = ft.Elem()
			}
			if _, ok := special[ft]; !ok {
				switch ft.Kind() {
				case reflect.Slice:
					if ft.Elem().Kind() == reflect.Uint8 {
						out.Type = "bytes"
						break
					}
					out.List = true
					ft = ft.Elem()
				case reflect.Map:
					out.Map = true
					ft = ft.Elem()
					if ft.Kind() == reflect.Slice && ft.Elem().Kind() == reflect.Uint8 {
						out.Type = "bytes"
					} else if ft.Kind() == reflect.Slice { // map of lists: ExtraValue
						out.Type = "stringList"
					}
				}
			}
			if ft.Kind() == reflect.Pointer {
				ft = ft.Elem()
			}
			if out.Type == "" {
				out.Type = describe(ft)
			}
			fields = append(fields, out)
		}
		types[n] = fields
		return n
	}
	return "json"
}

func main() {
	if err := apiextensions.AddToScheme(scheme.Scheme); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	kinds := []Kind{}
	for gvk, t := range scheme.Scheme.AllKnownTypes() {
		if !groups[gvk.Group+"/"+gvk.Version] || strings.HasSuffix(gvk.Kind, "List") && gvk.Kind != "List" {
			continue
		}
		if t.PkgPath() == "k8s.io/apimachinery/pkg/apis/meta/v1" && !(gvk.Group == "" && (gvk.Kind == "Status" || gvk.Kind == "DeleteOptions")) {
			continue
		}
		kinds = append(kinds, Kind{gvk.Group, gvk.Version, gvk.Kind, describe(t)})
	}
	sort.Slice(kinds, func(i, j int) bool { return fmt.Sprint(kinds[i]) < fmt.Sprint(kinds[j]) })
	enc := json.NewEncoder(os.Stdout)
	if err := enc.Encode(map[string]any{"source": "k8s.io/api v0.35.2, k8s.io/apiextensions-apiserver v0.35.2 (struct tags)", "kinds": kinds, "types": types}); err != nil {
		os.Exit(1)
	}
}
